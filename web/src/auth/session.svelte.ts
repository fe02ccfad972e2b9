// Who is signed in. The session is a cookie that scripts cannot read; what is kept here is only whose it is.
import { ask, whenSignedOut, type User } from '../api/client'

class Session {
  user = $state.raw<User | null>(null)
  /** Whether it is known who is signed in. */
  known = $state(false)

  get manages(): boolean {
    return this.user?.role === 'owner' || this.user?.role === 'admin'
  }
  get writes(): boolean {
    return this.user !== null && this.user.role !== 'guest'
  }

  async find(): Promise<void> {
    try {
      this.user = (await ask<User>('GET', '/api/auth/profile/', undefined, {}, true)).body
    } catch {
      this.user = null
    }
    this.known = true
  }

  /** Reads again whose session it is, after a change of name or role. Where no answer comes, it is as it was. */
  async again(): Promise<void> {
    const answer = await ask<User | undefined>('GET', '/api/auth/profile/').catch(() => null)
    if (this.user && answer?.body) this.user = answer.body
  }

  async signIn(username: string, password: string): Promise<void> {
    this.user = (await ask<User>('POST', '/api/session/', { username, password }, {}, true)).body
  }

  async register(fields: Record<string, string>): Promise<void> {
    await ask('POST', '/api/auth/register/', fields, {}, true)
    await this.signIn(fields.username ?? '', fields.password ?? '')
  }

  async signOut(): Promise<void> {
    await ask('DELETE', '/api/session/', undefined, {}, true).catch(() => {})
    this.ended()
  }

  ended(): void {
    this.user = null
  }
}

export const session = new Session()
whenSignedOut(() => session.ended())
