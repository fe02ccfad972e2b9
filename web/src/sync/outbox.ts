// The way of own changes to the server: in the order in which they were made, one after the other, again and again until there is an answer.
import { again, idsOf, set, touches } from './ops'
import type { Bulk, Clock, Create, Field, Fields, Op, Outcome, Patch, Remove, Reply, Task, Transport } from './types'

/** How many tasks one request changes. */
export const bulkLimit = 200
const longestWait = 15_000

/** What the store knows, and what it takes over from the answers. */
export interface Ledger {
  /** Whether changes may go: what others did comes first. */
  ready(): boolean
  /** A task as the server has said it is. */
  known(id: number): Task | undefined
  real(id: number): number
  confirm(t: Task): void
  made(op: Create, t: Task): void
  /** A task has these values, though the log has not told yet. */
  assume(id: number, values: Fields): void
  removed(id: number): void
  /** How a task is shown has to be worked out again. */
  show(id: number): void
  tell(o: Outcome): void
}

export class Outbox {
  /** In the order in which they were made; the first may be on its way. */
  ops: Op[] = []
  private sending = false
  private stopRetry = () => {}
  private failures = 0

  constructor(
    private readonly transport: Transport,
    private readonly clock: Clock,
    private readonly ledger: Ledger,
  ) {}

  stop(): void {
    this.stopRetry()
  }

  add(op: Op): void {
    this.ops.push(op)
    this.show(op)
    void this.flush()
  }

  /** drop takes a change out of the queue; those after it stand on what was there before it. */
  drop(op: Op): void {
    const at = this.ops.indexOf(op)
    if (at < 0) return
    this.ops.splice(at, 1)
    this.show(op)
  }

  /** takeBack drops a change that did not happen: later ones of the same field were made over something that never was. */
  private takeBack(op: Op): void {
    if (op.kind === 'patch') {
      const at = this.ops.indexOf(op)
      for (const later of this.ops.slice(at + 1)) {
        if (later.kind !== 'patch' || later.id !== op.id) continue
        for (const f of Object.keys(op.base) as Field[]) if (f in later.base) set(later.base, f, op.base[f])
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

  /** flush sends own changes, one after the other, in the order they were made. */
  async flush(): Promise<void> {
    if (this.sending) return
    this.sending = true
    try {
      while (this.ledger.ready() && this.ops[0]) {
        if (!(await this.send(this.ops[0]))) return
        this.failures = 0
      }
    } finally {
      this.sending = false
    }
  }

  /** later tries again in a while. */
  private later(r: Reply): false {
    this.failures++
    const wait = r.retryAfter ? r.retryAfter * 1000 : Math.min(longestWait, 400 * 2 ** this.failures)
    this.stopRetry()
    this.stopRetry = this.clock.after(wait * (0.75 + this.clock.random() / 2), () => void this.flush())
    return false
  }

  /** send sends a change and gives whether the next one may go. */
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
    const { title, description, status, assigned_to } = op.task
    const r = await this.transport.request('POST', '/api/tasks/', { title, description, status, assigned_to }, { 'Idempotency-Key': op.key })
    if (r.status !== 201) return this.failed(op, r)
    const t = r.body as Task
    this.ledger.made(op, t)
    this.finish(op, r)
    return true
  }

  private async sendPatch(op: Patch): Promise<boolean> {
    const body: Record<string, unknown> = { ...op.set }
    if (op.between) body.between = op.between.map((id) => (id === null || !this.ledger.known(this.ledger.real(id)) ? null : this.ledger.real(id)))
    const known = this.ledger.known(op.id)
    if (!known || Object.keys(body).length === 0) {
      this.takeBack(op)
      return true
    }
    // Without fields it is a place between others, which holds whatever else became of the task.
    const headers: Record<string, string> = Object.keys(op.set).length > 0 ? { 'If-Match': `"${known.version}-"` } : {}
    const r = await this.transport.request('PATCH', `/api/tasks/${op.id}/`, body, headers)
    if (r.status === 412) {
      const current = await this.transport.request('GET', `/api/tasks/${op.id}/`)
      if (current.status !== 200) return this.failed(op, current)
      this.ledger.confirm(current.body as Task)
      if (Object.keys(op.set).length === 0 && !op.between) this.drop(op)
      return true
    }
    if (r.status !== 200) return this.failed(op, r)
    op.seen = true
    this.ledger.confirm(r.body as Task)
    this.finish(op, r)
    return true
  }

  private async sendRemove(op: Remove): Promise<boolean> {
    const r = await this.transport.request('DELETE', `/api/tasks/${op.id}/`)
    if (r.status !== 204 && r.status !== 404) return this.failed(op, r)
    this.ledger.removed(op.id)
    this.finish(op, r)
    return true
  }

  private async sendBulk(op: Bulk): Promise<boolean> {
    const seqs: number[] = []
    const refused: { id: number; detail: string }[] = []
    const left = op.ids.filter((id) => !op.done.has(id) && this.ledger.known(id))
    for (let i = 0; i < left.length; i += bulkLimit) {
      const ids = left.slice(i, i + bulkLimit)
      const r = await this.transport.request('POST', '/api/tasks/bulk/', op.set ? { ids, ...op.set } : { ids, delete: true })
      if (r.status !== 200) {
        if (again(r)) {
          if (seqs.length > 0) this.ledger.tell({ kind: 'done', op: { ...op, ids: left.slice(0, i) }, seqs })
          return this.later(r)
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
        if (no.has(id) || !this.ledger.known(id)) continue
        // Until the log tells, it is shown as it was asked.
        if (op.set) this.ledger.assume(id, op.set)
        else this.ledger.removed(id)
      }
    }
    this.drop(op)
    if (seqs.length > 0) this.ledger.tell({ kind: 'done', op, seqs })
    if (refused.length > 0) this.ledger.tell({ kind: 'refused', op, reason: refused[0]?.detail ?? '', ids: refused.map((x) => x.id) })
    return true
  }

  private finish(op: Op, r: Reply): void {
    this.drop(op)
    this.ledger.tell({ kind: 'done', op, seqs: r.seq ? [r.seq] : [] })
  }

  private failed(op: Op, r: Reply): boolean {
    if (again(r) && (r.status !== 500 || this.failures < 3)) return this.later(r)
    if (r.status === 401) return false
    this.takeBack(op)
    this.failures = 0
    this.ledger.tell({ kind: 'refused', op, reason: r.status === 404 ? 'gone' : (r.detail ?? ''), ids: idsOf(op) })
    return true
  }

  private show(op: Op): void {
    for (const id of idsOf(op)) this.ledger.show(id)
  }
}
