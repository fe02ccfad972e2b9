// Who is signed in as an operator: a session of its own, beside a member's or without one.
import { ask, Failure, type Answer } from '../api/client'

class Operator {
  /** Whether the session holds; null: not known yet. */
  inside = $state<boolean | null>(null)

  /** ask is the API's, for an operator: that this session ended says nothing of a member's. */
  async ask<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    try {
      const answer = await ask<T>(method, path, body, headers, true)
      this.inside = true
      return answer
    } catch (e) {
      if (e instanceof Failure && e.status === 401) this.inside = false
      throw e
    }
  }

  readonly get = async <T>(path: string): Promise<T> => (await this.ask<T>('GET', path)).body

  async find(): Promise<void> {
    await this.ask('GET', '/api/operator/companies/?page_size=1').catch((e: unknown) => {
      if (!(e instanceof Failure)) throw e
      this.inside ??= false
    })
  }

  async signIn(username: string, password: string): Promise<void> {
    await ask('POST', '/api/operator/session/', { username, password }, {}, true)
    this.inside = true
  }

  async signOut(): Promise<void> {
    await ask('DELETE', '/api/operator/session/', undefined, {}, true).catch(() => {})
    this.inside = false
  }
}

export const operator = new Operator()
