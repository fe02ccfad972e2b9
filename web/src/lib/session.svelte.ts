// Who is signed in. The session is a cookie that scripts cannot read; what is kept here is only whose it is.
import { ask, Failure, get, useBearer, whenSignedOut, type User } from './api'

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

  async signIn(username: string, password: string): Promise<void> {
    try {
      this.user = (await ask<User>('POST', '/api/session/', { username, password }, {}, true)).body
    } catch (e) {
      if (!(e instanceof Failure) || e.status !== 404) throw e
      const { body } = await ask<{ access: string }>('POST', '/api/auth/login/', { username, password }, {}, true)
      useBearer(body.access)
      this.user = await get<User>('/api/auth/profile/')
    }
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
    useBearer('')
    this.user = null
  }
}

export const session = new Session()
whenSignedOut(() => session.ended())
