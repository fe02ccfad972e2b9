// The session of a member. It is a cookie that scripts cannot read, so the app keeps only the member of the session.
import { ask, whenSignedOut, type User } from '../api/client'
import { currentLanguage } from '../i18n/i18n.svelte'

class Session {
  user = $state.raw<User | null>(null)

  /** Whether the member manages the company. */
  get manages(): boolean {
    return this.user?.role === 'owner' || this.user?.role === 'admin'
  }
  /** Whether the member may change tasks. */
  get writes(): boolean {
    return this.user !== null && this.user.role !== 'guest'
  }

  /** restore finds out whether the browser has a session already. */
  async restore(): Promise<void> {
    try {
      this.user = (await ask<User>('GET', '/api/auth/profile/', undefined, {}, true)).body
    } catch {
      this.user = null
    }
  }

  /** refresh reads the profile again after a change of name or role. Without an answer it keeps the old one. */
  async refresh(): Promise<void> {
    const answer = await ask<User | undefined>('GET', '/api/auth/profile/').catch(() => null)
    if (this.user && answer?.body) this.user = answer.body
  }

  async signIn(username: string, password: string): Promise<void> {
    this.user = (await ask<User>('POST', '/api/session/', { username, password }, {}, true)).body
  }

  async register(values: Record<string, string>): Promise<void> {
    await ask('POST', '/api/auth/register/', { ...values, language: currentLanguage() }, {}, true)
    await this.signIn(values.username ?? '', values.password ?? '')
  }

  async signOut(): Promise<void> {
    await ask('DELETE', '/api/session/', undefined, {}, true).catch(() => {})
    this.ended()
  }

  /** signOutEverywhere ends the account's sessions in all its companies, and this one. It fails if it did not. */
  async signOutEverywhere(): Promise<void> {
    await ask('DELETE', '/api/session/?everywhere=true', undefined, {}, true)
    this.ended()
  }

  ended(): void {
    this.user = null
  }
}

export const session = new Session()
whenSignedOut(() => session.ended())
