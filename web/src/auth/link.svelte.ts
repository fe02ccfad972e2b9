import { ask, Failure } from '../api/client'

/** Link is the link of a mail: its token, and what came of it. */
export class Link {
  token = $state('')
  /** next: it was used, and the page has one more step. bad: it was used before, has expired, or is incomplete. */
  state = $state<'open' | 'next' | 'done' | 'bad'>('open')

  constructor(readonly page: string) {
    this.take()
  }

  /** take moves the token out of the address bar, and so out of the history. A reload finds it in this tab's storage. */
  take(): void {
    this.token = location.hash.slice(1) || sessionStorage.getItem(this.page) || ''
    this.state = this.token ? 'open' : 'bad'
    if (this.token) sessionStorage.setItem(this.page, this.token)
    history.replaceState(history.state, '', this.page)
  }

  /** use sends the token. A bad link ends in the state bad; any other failure is the form's. */
  async use<T>(path: string, more: object = {}, then: 'next' | 'done' = 'done'): Promise<T | undefined> {
    try {
      const answer = await ask<T>('POST', path, { token: this.token, ...more }, {}, true)
      sessionStorage.removeItem(this.page)
      this.state = then
      return answer.body
    } catch (e) {
      if (!(e instanceof Failure) || !e.errors.token) throw e
      sessionStorage.removeItem(this.page)
      this.state = 'bad'
      return undefined
    }
  }
}
