// The connection to the feed: notices when it is gone, and comes again.
import type { Clock, Feed, Message, Transport } from './types'

const pingEvery = 20_000
const answerWithin = 8_000
const longestWait = 15_000

const nowhere: Feed = { send() {}, close() {} }

/** Who listens. */
export interface Listener {
  /** The number of the last event that was heard; null: none yet. */
  since(): number | null
  message(m: Message): void
  /** It is gone, and will be tried again. */
  lost(): void
  /** The server has ended it for good. */
  ended(code: number): void
}

export class Connection {
  /** Another one with every connection: an answer that was asked for in an earlier one is of no use. */
  turn = 0
  private feed: Feed = nowhere
  private wait = 0
  private heard = true
  private stopPing = () => {}
  private stopWait = () => {}

  constructor(
    private readonly transport: Transport,
    private readonly clock: Clock,
    private readonly listener: Listener,
  ) {}

  /** Whether there is one, as far as is known. */
  get open(): boolean {
    return this.feed !== nowhere
  }

  send(message: unknown): void {
    this.feed.send(message)
  }

  /** Connects now, however long the next attempt would have waited. */
  connect(): void {
    const mine = ++this.turn
    this.stopWait()
    this.feed = this.transport.open(this.listener.since(), {
      message: (m) => mine === this.turn && this.hear(m),
      close: (code) => mine === this.turn && this.closed(code),
    })
    this.heard = true
    this.watch()
  }

  close(): void {
    this.turn++
    this.stopPing()
    this.stopWait()
    const feed = this.feed
    this.feed = nowhere
    feed.close()
  }

  /** The other side has greeted: the next time it is gone, it is tried again soon. */
  greeted(): void {
    this.wait = 0
  }

  /** Calls fn in a while, if it is the same connection then. */
  later(ms: number, fn: () => void): void {
    this.stopWait()
    this.stopWait = this.clock.after(ms, fn)
  }

  /** It is known to be gone. */
  lost(): void {
    this.close()
    this.listener.lost()
    this.wait = Math.min(longestWait, this.wait === 0 ? 300 : this.wait * 2)
    this.stopWait = this.clock.after(this.wait * (0.5 + this.clock.random() / 2), () => this.connect())
  }

  private hear(m: Message): void {
    if (!this.heard) {
      this.heard = true
      this.watch()
    }
    this.listener.message(m)
  }

  /** watch asks now and then whether the other side is there; a cable that was pulled says nothing. */
  private watch(): void {
    this.stopPing()
    this.stopPing = this.clock.after(this.heard ? pingEvery : answerWithin, () => {
      if (!this.heard) return this.lost()
      this.heard = false
      this.feed.send({ type: 'ping' })
      this.watch()
    })
  }

  private closed(code: number): void {
    if (code !== 4001 && code !== 4003) return this.lost()
    this.close()
    this.listener.ended(code)
  }
}
