// The session of an operator. It is separate from a member's, and a browser may have both.
import { ask, Failure, type Answer } from '../api/client'

class Operator {
  /** Whether the session is valid, null until that is known. */
  signedIn = $state<boolean | null>(null)

  /** ask calls the API as an operator. The end of this session says nothing about a member's. */
  async ask<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    try {
      const answer = await ask<T>(method, path, body, headers, true)
      this.signedIn = true
      return answer
    } catch (e) {
      if (e instanceof Failure && e.status === 401) this.signedIn = false
      throw e
    }
  }

  readonly get = async <T>(path: string): Promise<T> => (await this.ask<T>('GET', path)).body

  /** restore finds out whether the browser has a session already. */
  async restore(): Promise<void> {
    await this.ask('GET', '/api/operator/companies/?page_size=1').catch((e: unknown) => {
      if (!(e instanceof Failure)) throw e
      this.signedIn ??= false
    })
  }

  async signIn(username: string, password: string): Promise<void> {
    await ask('POST', '/api/operator/session/', { username, password }, {}, true)
    this.signedIn = true
  }

  async signOut(): Promise<void> {
    await ask('DELETE', '/api/operator/session/', undefined, {}, true).catch(() => {})
    this.signedIn = false
  }
}

export const operator = new Operator()
