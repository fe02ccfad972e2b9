// The queue of own changes: sent one at a time, in the order they were made, and retried until the server answers.
import { namesOf, setField, valuesOf, type Fields } from '../task/fields'
import { idsOf, isRetryable, touches } from './ops'
import type { Bulk, Clock, Create, Op, Outcome, Patch, Remove, Reply, Task, Transport } from './types'

/** The most tasks that one request changes. */
export const bulkLimit = 200
const maxRetryWait = 15_000

/** OutboxHost is the part of the store that the outbox asks and reports to. */
export interface OutboxHost {
  /** Whether changes may be sent. They wait until the changes of others have arrived. */
  ready(): boolean
  /** A task as the server last described it. */
  known(id: number): Task | undefined
  real(id: number): number
  confirm(t: Task): void
  created(op: Create, t: Task): void
  /** Assumes that a task has these values, before the log says so. */
  assume(id: number, values: Fields): void
  removed(id: number): void
  /** Recomputes how a task is shown. */
  show(id: number): void
  emit(o: Outcome): void
}

export class Outbox {
  /** In the order they were made. The first one may be in flight. */
  ops: Op[] = []
  private sending = false
  private stopRetry = () => {}
  private failures = 0

  constructor(
    private readonly transport: Transport,
    private readonly clock: Clock,
    private readonly host: OutboxHost,
  ) {}

  stop(): void {
    this.stopRetry()
  }

  add(op: Op): void {
    this.ops.push(op)
    this.show(op)
    void this.flush()
  }

  /** drop removes a change from the queue. */
  drop(op: Op): void {
    const at = this.ops.indexOf(op)
    if (at < 0) return
    this.ops.splice(at, 1)
    this.show(op)
  }

  /** rollBack drops a change that did not happen. Later changes of the same fields then rest on the value before it. */
  private rollBack(op: Op): void {
    if (op.kind === 'patch') {
      const at = this.ops.indexOf(op)
      for (const later of this.ops.slice(at + 1)) {
        if (later.kind !== 'patch' || later.id !== op.id) continue
        for (const f of namesOf(op.base)) if (f in later.base) setField(later.base, f, op.base[f])
      }
    }
    if (op.kind === 'create') {
      for (const later of this.ops.filter((o) => o !== op && touches(o, op.task.id))) this.drop(later)
    }
    this.drop(op)
  }

  inFlight(op: Op): boolean {
    return this.sending && this.ops[0] === op
  }

  /** flush sends the queue until it is empty or a change has to wait. */
  async flush(): Promise<void> {
    if (this.sending) return
    this.sending = true
    try {
      while (this.host.ready() && this.ops[0]) {
        if (!(await this.send(this.ops[0]))) return
        this.failures = 0
      }
    } finally {
      this.sending = false
    }
  }

  /** retryLater schedules another attempt, with exponential backoff unless the server names a time. */
  private retryLater(r: Reply): false {
    this.failures++
    const wait = r.retryAfter ? r.retryAfter * 1000 : Math.min(maxRetryWait, 400 * 2 ** this.failures)
    this.stopRetry()
    this.stopRetry = this.clock.after(wait * (0.75 + this.clock.random() / 2), () => void this.flush())
    return false
  }

  /** send sends one change and returns whether the next one may go. */
  private async send(op: Op): Promise<boolean> {
    switch (op.kind) {
      case 'create':
        return this.sendCreate(op)
      case 'patch':
        return this.sendPatch(op)
      case 'remove':
        return this.sendRemove(op)
      case 'bulk':
        return this.sendBulk(op)
    }
  }

  private async sendCreate(op: Create): Promise<boolean> {
    const r = await this.transport.request('POST', '/api/tasks/', valuesOf(op.task), { 'Idempotency-Key': op.key })
    if (r.status !== 201) return this.failed(op, r)
    this.host.created(op, r.body as Task)
    this.finish(op, r)
    return true
  }

  private async sendPatch(op: Patch): Promise<boolean> {
    const body: Record<string, unknown> = { ...op.set }
    const reachable = (id: number | null) => id !== null && this.host.known(this.host.real(id))
    if (op.between) body.between = op.between.map((id) => (reachable(id) ? this.host.real(id as number) : null))
    const known = this.host.known(op.id)
    if (!known || Object.keys(body).length === 0) {
      this.rollBack(op)
      return true
    }
    // A move without fields holds whatever else became of the task, so it needs no If-Match.
    const headers: Record<string, string> = Object.keys(op.set).length > 0 ? { 'If-Match': `"${known.version}-"` } : {}
    const r = await this.transport.request('PATCH', `/api/tasks/${op.id}/`, body, headers)
    if (r.status === 412) {
      const current = await this.transport.request('GET', `/api/tasks/${op.id}/`)
      if (current.status !== 200) return this.failed(op, current)
      this.host.confirm(current.body as Task)
      if (Object.keys(op.set).length === 0 && !op.between) this.drop(op)
      return true
    }
    if (r.status !== 200) return this.failed(op, r)
    op.seen = true
    this.host.confirm(r.body as Task)
    this.finish(op, r)
    return true
  }

  private async sendRemove(op: Remove): Promise<boolean> {
    const r = await this.transport.request('DELETE', `/api/tasks/${op.id}/`)
    if (r.status !== 204 && r.status !== 404) return this.failed(op, r)
    this.host.removed(op.id)
    this.finish(op, r)
    return true
  }

  private async sendBulk(op: Bulk): Promise<boolean> {
    const seqs: number[] = []
    const refused: { id: number; detail: string }[] = []
    const left = op.ids.filter((id) => !op.done.has(id) && this.host.known(id))
    for (let i = 0; i < left.length; i += bulkLimit) {
      const ids = left.slice(i, i + bulkLimit)
      const body = op.set ? { ids, ...op.set } : { ids, delete: true }
      const r = await this.transport.request('POST', '/api/tasks/bulk/', body)
      if (r.status !== 200) {
        if (isRetryable(r)) {
          if (seqs.length > 0) this.host.emit({ kind: 'done', op: { ...op, ids: left.slice(0, i) }, seqs })
          return this.retryLater(r)
        }
        refused.push(...ids.map((id) => ({ id, detail: r.detail ?? '' })))
        continue
      }
      const b = r.body as { seqs: number[]; refused: { id: number; detail: string }[] }
      seqs.push(...b.seqs)
      refused.push(...b.refused)
      const no = new Set(b.refused.map((x) => x.id))
      for (const id of ids) {
        op.done.add(id)
        if (no.has(id) || !this.host.known(id)) continue
        // The task is shown as requested until the log confirms it.
        if (op.set) this.host.assume(id, op.set)
        else this.host.removed(id)
      }
    }
    this.drop(op)
    if (seqs.length > 0) this.host.emit({ kind: 'done', op, seqs })
    if (refused.length > 0) {
      this.host.emit({ kind: 'refused', op, reason: refused[0]?.detail ?? '', ids: refused.map((x) => x.id) })
    }
    return true
  }

  private finish(op: Op, r: Reply): void {
    this.drop(op)
    this.host.emit({ kind: 'done', op, seqs: r.seq ? [r.seq] : [] })
  }

  /** failed retries a change or, when the server refused it, rolls it back and reports the reason. */
  private failed(op: Op, r: Reply): boolean {
    if (isRetryable(r) && (r.status !== 500 || this.failures < 3)) return this.retryLater(r)
    if (r.status === 401) return false
    this.rollBack(op)
    this.failures = 0
    const reason = r.status === 404 ? 'gone' : (r.detail ?? '')
    this.host.emit({ kind: 'refused', op, reason, ids: idsOf(op) })
    return true
  }

  private show(op: Op): void {
    for (const id of idsOf(op)) this.host.show(id)
  }
}
