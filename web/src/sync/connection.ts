// The connection to the live feed: notices when it is lost and reconnects.
import type { Clock, Feed, Message, Transport } from './types'

const pingInterval = 20_000
const pongTimeout = 8_000
const firstReconnectWait = 300
const maxReconnectWait = 15_000

/** The server closes with these codes when the session ended and when the member was removed. */
export const signedOutCode = 4001
export const removedCode = 4003

const noFeed: Feed = { send() {}, close() {} }

/** Listener receives the reports of the connection. */
export interface Listener {
  /** The number of the last event received, null before the first. */
  since(): number | null
  message(m: Message): void
  /** The connection is lost and will be retried. */
  lost(): void
  /** The server has ended the connection for good. */
  ended(code: number): void
}

export class Connection {
  /** Grows with every connection, so that an answer requested during an earlier one can be ignored. */
  generation = 0
  private feed: Feed = noFeed
  private wait = 0
  private alive = true
  private stopPing = () => {}
  private stopWait = () => {}

  constructor(
    private readonly transport: Transport,
    private readonly clock: Clock,
    private readonly listener: Listener,
  ) {}

  /** Whether there is a connection, as far as is known. */
  get open(): boolean {
    return this.feed !== noFeed
  }

  send(message: unknown): void {
    this.feed.send(message)
  }

  /** connect connects now, however long the next attempt would have waited. */
  connect(): void {
    const mine = ++this.generation
    this.stopWait()
    this.feed = this.transport.open(this.listener.since(), {
      message: (m) => mine === this.generation && this.receive(m),
      close: (code) => mine === this.generation && this.closed(code),
    })
    this.alive = true
    this.schedulePing()
  }

  close(): void {
    this.generation++
    this.stopPing()
    this.stopWait()
    const feed = this.feed
    this.feed = noFeed
    feed.close()
  }

  /** established resets the backoff: the next loss is retried soon. */
  established(): void {
    this.wait = 0
  }

  /** later calls fn after a while, if the connection is still the same then. */
  later(ms: number, fn: () => void): void {
    this.stopWait()
    this.stopWait = this.clock.after(ms, fn)
  }

  /** lost closes the connection and schedules the next attempt, with exponential backoff and jitter. */
  lost(): void {
    this.close()
    this.listener.lost()
    this.wait = Math.min(maxReconnectWait, this.wait === 0 ? firstReconnectWait : this.wait * 2)
    this.stopWait = this.clock.after(this.wait * (0.5 + this.clock.random() / 2), () => this.connect())
  }

  private receive(m: Message): void {
    if (!this.alive) {
      this.alive = true
      this.schedulePing()
    }
    this.listener.message(m)
  }

  /** schedulePing pings the server now and then, because a pulled cable closes nothing. */
  private schedulePing(): void {
    this.stopPing()
    this.stopPing = this.clock.after(this.alive ? pingInterval : pongTimeout, () => {
      if (!this.alive) return this.lost()
      this.alive = false
      this.feed.send({ type: 'ping' })
      this.schedulePing()
    })
  }

  private closed(code: number): void {
    if (code !== signedOutCode && code !== removedCode) return this.lost()
    this.close()
    this.listener.ended(code)
  }
}
