// How much of the inbox is unread, everywhere in the app: the feed hints that it changed, and what it is now is asked for.
import { get } from '../api/client'
import type { Message } from '../sync/types'

class Inbox {
  /** How many notifications the person has not read. */
  unread = $state(0)
  /** Goes up with each hint that the inbox may have changed, for whoever shows more of it than the number. */
  changes = $state(0)

  private open = 0 // goes up with whoever signs in or out, so that an answer for somebody else is dropped
  private asking = false
  private again = false
  private later: ReturnType<typeof setTimeout> | undefined

  /** hear takes a message of the feed. A hint may have been lost in a cut, so what follows one counts as a hint too. */
  hear(m: Message): void {
    if (m.type !== 'inbox' && m.type !== 'connection_established' && !(m.type === 'presence' && m.reset)) return
    this.changes++
    void this.count()
  }

  close(): void {
    this.open++
    this.unread = 0
    this.asking = this.again = false
    clearTimeout(this.later)
  }

  /** count asks how many are unread: one question at a time, and once more if there was a hint meanwhile. */
  private async count(): Promise<void> {
    this.again = this.asking
    if (this.asking) return
    const mine = this.open
    this.asking = true
    clearTimeout(this.later)
    try {
      const { unread } = await get<{ unread: number }>('/api/notifications/unread/')
      if (mine === this.open) this.unread = unread
    } catch {
      if (mine === this.open) this.later = setTimeout(() => void this.count(), 5000)
    }
    if (mine !== this.open) return
    this.asking = false
    if (this.again) void this.count()
  }
}

export const inbox = new Inbox()
