// The number of unread notifications, for the whole app. The feed only hints that the inbox changed; the number is then
// read from the API.
import { get } from '../api/client'
import type { Message } from '../sync/types'

const retryWait = 5000

class Inbox {
  unread = $state(0)
  /** Grows with each hint that the inbox may have changed, for a page that shows more than the number. */
  changes = $state(0)

  private generation = 0 // grows when a person signs in or out, so that an answer for another person is dropped
  private asking = false
  private askAgain = false
  private retry: ReturnType<typeof setTimeout> | undefined

  /** receive takes a message of the feed. A cut may have lost a hint, so a reconnection counts as a hint. */
  receive(m: Message): void {
    if (m.type !== 'inbox' && m.type !== 'connection_established' && !(m.type === 'presence' && m.reset)) return
    this.changes++
    void this.count()
  }

  close(): void {
    this.generation++
    this.unread = 0
    this.asking = this.askAgain = false
    clearTimeout(this.retry)
  }

  /** count reads the number: one request at a time, and another one if a hint came during it. */
  private async count(): Promise<void> {
    this.askAgain = this.asking
    if (this.asking) return
    const mine = this.generation
    this.asking = true
    clearTimeout(this.retry)
    try {
      const { unread } = await get<{ unread: number }>('/api/notifications/unread/')
      if (mine === this.generation) this.unread = unread
    } catch {
      if (mine === this.generation) this.retry = setTimeout(() => void this.count(), retryWait)
    }
    if (mine !== this.generation) return
    this.asking = false
    if (this.askAgain) void this.count()
  }
}

export const inbox = new Inbox()
