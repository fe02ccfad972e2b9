// The store of a company's tasks: the state that the server has confirmed, and over it the changes of this person that
// it has not confirmed yet.
//
// The store promises:
//   - The page shows own changes at once, and everyone's as the log reports them.
//   - After a cut of any length it continues where it was, and is right without a reload.
//   - A change that the server refuses is rolled back and reported with the reason.
//   - A change of a field that another person changed in between is never sent over theirs. It is reported as a conflict
//     with both values.
import { emptyValues, namesOf, same, setField, valuesOf, type Fields } from '../task/fields'
import { Connection, signedOutCode } from './connection'
import { current, differing, includes, touches } from './ops'
import { bulkLimit, Outbox } from './outbox'
import { between } from './rank'
import { statuses, type Status } from './status'
import type { Clock, Conflict, Create, Message, Outcome, Reply, State, Task, Transport } from './types'

const pageSize = 100
const firstReadRetryWait = 500
const maxReadRetryWait = 15_000

export class Store {
  state: State = 'loading'
  /** How many tasks the first read has brought, and how many there are. */
  progress = { have: 0, all: 0 }
  /** The number of the last event that is in the store. */
  seq: number | null = null
  /** By member, the tasks that they view. A member who is not in it is not connected. */
  readonly present = new Map<number, number[]>()
  readonly conflicts: Conflict[] = []

  private readonly confirmed = new Map<number, Task>()
  /** The last version of each deleted task. An answer that arrives after the deletion does not bring it back. */
  private readonly gone = new Map<number, number>()
  private readonly shown = new Map<number, Task>()
  private readonly aliases = new Map<number, number>()
  private lastTemporaryId = 0
  private load: { seen: Set<number>; gone: Set<number> } | null = null
  private head = 0
  private viewing = 0
  private running = false
  private readonly listeners = new Set<() => void>()
  private readonly messages = new Set<(m: Message) => void>()
  private readonly outcomes = new Set<(o: Outcome) => void>()
  private notifying = false
  private readonly connection: Connection
  private readonly outbox: Outbox

  constructor(
    private readonly transport: Transport,
    private readonly clock: Clock,
    /** The id of the member who is signed in. */
    readonly me: number,
  ) {
    this.connection = new Connection(transport, clock, {
      since: () => this.seq,
      message: (m) => this.receive(m),
      lost: () => {
        this.present.clear()
        this.setState('offline')
      },
      ended: (code) => {
        this.running = false
        this.setState('over')
        for (const fn of this.messages) fn({ type: code === signedOutCode ? 'signed_out' : 'removed' })
      },
    })
    this.outbox = new Outbox(transport, clock, {
      ready: () => this.running && (this.state === 'live' || this.state === 'loading'),
      known: (id) => this.confirmed.get(id),
      real: (id) => this.real(id),
      confirm: (t) => this.confirm(t),
      created: (op, t) => {
        this.load?.seen.add(t.id)
        if (op.known !== t.id) this.assignId(op, t.id)
        this.confirm(t)
      },
      assume: (id, values) => {
        const t = this.confirmed.get(id)
        if (t) this.confirmed.set(id, { ...t, ...values })
      },
      removed: (id) => {
        this.load?.gone.add(id)
        this.load?.seen.delete(id)
        this.gone.set(id, this.confirmed.get(id)?.version ?? this.gone.get(id) ?? 0)
        this.confirmed.delete(id)
      },
      show: (id) => this.show(id),
      emit: (o) => this.emit(o),
    })
  }

  // Reading.

  /** The tasks as they are shown: the confirmed ones with own changes over them. */
  get tasks(): ReadonlyMap<number, Task> {
    return this.shown
  }

  /** task finds a task by its id, or by the temporary id that it had before the server gave it one. */
  task(id: number): Task | undefined {
    return this.shown.get(this.real(id)) ?? this.shown.get(id)
  }

  /** original returns a task as the server describes it, without own changes. */
  original(id: number): Task | undefined {
    return this.confirmed.get(this.real(id))
  }

  real(id: number): number {
    return this.aliases.get(id) ?? id
  }

  /** The number of own changes that are not confirmed. */
  get pending(): number {
    return this.outbox.ops.length
  }

  isPending(id: number): boolean {
    return this.outbox.ops.some((op) => touches(op, id))
  }

  /** subscribe calls fn after something changed, once for all that changed together. */
  subscribe(fn: () => void): () => void {
    this.listeners.add(fn)
    return () => this.listeners.delete(fn)
  }

  /** onMessage calls fn with every message of the feed, for other followers of the log. */
  onMessage(fn: (m: Message) => void): () => void {
    this.messages.add(fn)
    return () => this.messages.delete(fn)
  }

  /** onOutcome calls fn with the outcome of every own change. */
  onOutcome(fn: (o: Outcome) => void): () => void {
    this.outcomes.add(fn)
    return () => this.outcomes.delete(fn)
  }

  // Changing.

  create(set: Fields & { title: string }): number {
    const now = new Date().toISOString()
    const id = --this.lastTemporaryId
    const values = { ...emptyValues(), ...set }
    const task: Task = {
      ...values,
      completed_at: null,
      id,
      created_by: this.me,
      version: 0,
      created_at: now,
      updated_at: now,
      rank: between('', this.topRank(values.status)),
    }
    const part = () => Math.floor(this.clock.random() * 2 ** 32).toString(36)
    this.outbox.add({ kind: 'create', key: [part(), part(), part(), part()].join('-'), task })
    return id
  }

  /**
   * patch changes fields of a task. `from` holds the values that the person saw when they began, where editing took a
   * while. A field that another person has changed since then is a conflict.
   */
  patch(id: number, set: Fields, from: Fields = {}): void {
    id = this.real(id)
    const t = this.shown.get(id)
    if (!t) return
    const change = differing(t, set)
    for (const field of namesOf(change)) {
      if (!(field in from) || same(from[field], t[field])) continue
      this.addConflict({ task: id, field, mine: change[field], theirs: t[field], actor: null })
      delete change[field]
    }
    if (Object.keys(change).length === 0) return
    this.outbox.add({ kind: 'patch', id, set: change, base: current(t, change) })
  }

  /** move puts a card between two cards of a column. null is the end of the column. */
  move(id: number, status: Status, above: number | null, below: number | null): void {
    id = this.real(id)
    const t = this.shown.get(id)
    if (!t) return
    const set = differing(t, { status })
    const rankOf = (at: number | null) => (at !== null && this.task(at)?.rank) || ''
    const rank = between(rankOf(above), rankOf(below))
    this.outbox.add({ kind: 'patch', id, set, base: current(t, set), between: [above, below], rank })
  }

  remove(id: number): void {
    id = this.real(id)
    if (this.shown.has(id)) this.outbox.add({ kind: 'remove', id })
  }

  /** bulk changes many tasks, or deletes them when set is null. */
  bulk(ids: number[], set: Fields | null): void {
    const base = new Map<number, Fields>()
    for (const id of ids.map((i) => this.real(i))) {
      const t = this.shown.get(id)
      if (!t || id < 0) continue
      if (set && Object.keys(differing(t, set)).length === 0) continue
      base.set(id, set ? current(t, set) : {})
    }
    if (base.size > 0) this.outbox.add({ kind: 'bulk', ids: [...base.keys()], set, base, done: new Set() })
  }

  /** undo reverts changes by the numbers of their events. The log brings the result. */
  async undo(seqs: number[]): Promise<void> {
    let changed = 0
    const refused: { id: number; detail: string }[] = []
    for (let i = 0; i < seqs.length; i += bulkLimit) {
      const r = await this.transport.request('POST', '/api/tasks/undo/', { seqs: seqs.slice(i, i + bulkLimit) })
      if (r.status !== 200) {
        refused.push({ id: 0, detail: r.detail ?? '' })
        continue
      }
      const b = r.body as { changed: number; deleted: number; refused: { id: number; detail: string }[] }
      changed += b.changed + b.deleted
      refused.push(...b.refused)
    }
    this.emit({ kind: 'undone', changed, refused })
  }

  /** resolve decides a conflict. With `mine`, the own value is sent over theirs. */
  resolve(c: Conflict, mine: boolean): void {
    const i = this.conflicts.indexOf(c)
    if (i >= 0) this.conflicts.splice(i, 1)
    if (mine) this.patch(c.task, { [c.field]: c.mine })
    this.changed()
  }

  /** view tells the others which task this page shows. 0 is none. */
  view(task: number): void {
    this.viewing = task
    this.connection.send({ type: 'viewing', task: task > 0 ? task : null })
  }

  // The connection.

  start(): void {
    this.running = true
    this.connection.connect()
  }

  stop(): void {
    this.running = false
    this.connection.close()
    this.outbox.stop()
    this.listeners.clear()
    this.messages.clear()
    this.outcomes.clear()
  }

  /** online reconnects at once, because the network is back. */
  online(): void {
    if (this.running && this.state === 'offline') {
      this.connection.established()
      this.connection.connect()
    }
  }

  /** offline gives up the connection, because the network is gone. */
  offline(): void {
    if (this.running && this.state !== 'over') this.connection.lost()
  }

  private receive(m: Message): void {
    switch (m.type) {
      case 'connection_established':
        this.established(m.seq ?? 0)
        break
      case 'resync':
        this.seq = m.seq ?? 0
        void this.reload()
        break
      case 'presence':
        this.applyPresence(m)
        break
      default:
        if (m.seq === undefined) break
        if (this.seq === null || m.seq <= this.seq) return
        this.seq = m.seq
        this.applyEvent(m)
        if (this.state === 'behind' && this.seq >= this.head) this.caughtUp()
    }
    for (const fn of this.messages) fn(m)
  }

  private established(seq: number): void {
    this.connection.established()
    if (this.viewing > 0) this.view(this.viewing)
    void this.fetchPresence()
    if (this.seq === null) {
      this.seq = seq
      void this.reload()
      return
    }
    if (this.load) return // it continues, and ends live
    this.setState('behind')
    void this.fetchHead()
  }

  /** fetchHead asks for the length of the log, to know when all of it has arrived. */
  private async fetchHead(): Promise<void> {
    const mine = this.connection.generation
    const r = await this.transport.request('GET', `/api/events/?after=${this.seq}&limit=1`)
    if (mine !== this.connection.generation || this.state !== 'behind') return
    if (r.status !== 200) {
      this.connection.later(1000, () => void this.fetchHead())
      return
    }
    this.head = (r.body as { count: number }).count
    if ((this.seq ?? 0) >= this.head) this.caughtUp()
  }

  private caughtUp(): void {
    this.setState('live')
    void this.outbox.flush()
  }

  private async fetchPresence(): Promise<void> {
    const mine = this.connection.generation
    const r = await this.transport.request('GET', '/api/presence/')
    if (r.status !== 200 || mine !== this.connection.generation) return
    this.present.clear()
    for (const p of (r.body as { results: { user: number; tasks: number[] }[] }).results) {
      this.present.set(p.user, p.tasks)
    }
    this.changed()
  }

  private applyPresence(m: Message): void {
    if (m.reset) return void this.fetchPresence()
    if (m.user === undefined) return
    if (m.online) this.present.set(m.user, m.tasks ?? [])
    else this.present.delete(m.user)
    this.changed()
  }

  // The confirmed state.

  /** reload reads all tasks. Events that arrive during the read are newer than its pages. */
  private async reload(): Promise<void> {
    const load = { seen: new Set<number>(), gone: new Set<number>() }
    this.load = load
    this.progress = { have: 0, all: 0 }
    if (this.state !== 'live') this.setState('loading')
    const whole = await Promise.all(statuses.map((s) => this.readAll(s, load)))
    if (this.load !== load || whole.includes(false)) return
    this.load = null
    for (const id of [...this.confirmed.keys()]) if (!load.seen.has(id)) this.forget(id)
    if (this.connection.open) this.caughtUp()
  }

  private async readAll(status: Status, load: NonNullable<Store['load']>): Promise<boolean> {
    let next: string | null = `/api/tasks/?status=${status}&cursor=&page_size=${pageSize}`
    let counted = false
    let wait = firstReadRetryWait
    while (next) {
      const r: Reply = await this.transport.request('GET', next)
      if (this.load !== load || !this.running) return false
      if (r.status === 401) return false
      if (r.status !== 200) {
        await new Promise<void>((go) => this.clock.after(wait * (0.5 + this.clock.random()), go))
        wait = Math.min(wait * 2, maxReadRetryWait)
        continue
      }
      const page = r.body as { count: number; next: string | null; results: Task[] }
      if (!counted) {
        counted = true
        this.progress.all += page.count
      }
      for (const t of page.results) {
        if (load.gone.has(t.id)) continue
        if (!load.seen.has(t.id)) {
          load.seen.add(t.id)
          this.progress.have++
          this.setConfirmed(t)
        } else this.confirm(t)
      }
      this.changed()
      next = page.next
    }
    return true
  }

  /** applyEvent takes an event of the log into the store. */
  private applyEvent(m: Message): void {
    const t = m.task
    if (!t) return
    if (m.type === 'task_deleted') {
      this.load?.seen.delete(t.id)
      this.load?.gone.add(t.id)
      this.gone.set(t.id, t.version)
      for (const op of this.outbox.ops) if (op.kind === 'remove' && op.id === t.id) op.seen = true
      this.forget(t.id)
      return
    }
    this.load?.gone.delete(t.id)
    const first = this.load !== null && !this.load.seen.has(t.id)
    this.load?.seen.add(t.id)
    if (m.actor === this.me) this.markSeen(m, t)
    if (first) this.setConfirmed(t)
    else this.confirm(t, m.actor ?? null)
  }

  /** markSeen finds the own change that caused an event. */
  private markSeen(m: Message, t: Task): void {
    const isOurs = (op: Create) => op.known === undefined && op.task.title === t.title && op.task.status === t.status
    for (const op of this.outbox.ops) {
      if (op.kind === 'create' && m.type === 'task_created' && isOurs(op)) {
        this.assignId(op, t.id)
        return
      }
      if (op.kind === 'patch' && op.id === t.id && !op.seen && includes(t, op.set)) {
        op.seen = true
        return
      }
    }
  }

  /** assignId gives a new task the id that the server chose. */
  private assignId(op: Create, id: number): void {
    const temporary = op.task.id
    op.known = id
    this.aliases.set(temporary, id)
    this.shown.delete(temporary)
    for (const other of this.outbox.ops) {
      if ((other.kind === 'patch' || other.kind === 'remove') && other.id === temporary) other.id = id
    }
    this.show(id)
  }

  /** confirm stores a task as the server describes it, unless a newer version is known. */
  private confirm(t: Task, actor: number | null = null): void {
    const known = this.confirmed.get(t.id)?.version ?? this.gone.get(t.id) ?? 0
    if (known >= t.version) return
    this.setConfirmed(t, actor)
  }

  private setConfirmed(t: Task, actor: number | null = null): void {
    this.confirmed.set(t.id, t)
    this.rebase(t, actor)
    this.show(t.id)
  }

  private forget(id: number): void {
    this.confirmed.delete(id)
    for (const op of [...this.outbox.ops]) {
      if (op.kind === 'patch' && op.id === id && !op.seen && !this.outbox.inFlight(op)) {
        this.outbox.drop(op)
        this.emit({ kind: 'refused', op, reason: 'gone', ids: [id] })
      }
    }
    for (const c of [...this.conflicts]) if (c.task === id) this.conflicts.splice(this.conflicts.indexOf(c), 1)
    this.show(id)
  }

  /**
   * rebase lays own changes over the task as the server has it now. A field that another person has changed since keeps
   * their value and becomes a conflict.
   */
  private rebase(t: Task, actor: number | null): void {
    const now: Fields = valuesOf(t)
    for (const op of [...this.outbox.ops]) {
      if (!('set' in op) || !op.set || !touches(op, t.id)) continue
      if (op.kind === 'patch' ? op.seen : op.done.has(t.id)) continue
      const base = op.kind === 'patch' ? op.base : (op.base.get(t.id) ?? {})
      for (const field of namesOf(op.set)) {
        if (field in base && !same(now[field], base[field]) && !same(now[field], op.set[field])) {
          this.addConflict({ task: t.id, field, mine: op.set[field], theirs: now[field], actor })
          if (op.kind === 'patch') {
            delete op.set[field]
            delete op.base[field]
            if (field === 'status') delete op.between
          } else op.done.add(t.id)
        } else setField(now, field, op.set[field])
      }
      const empty = op.kind === 'patch' && Object.keys(op.set).length === 0 && !op.between
      if (empty && !this.outbox.inFlight(op)) this.outbox.drop(op)
    }
  }

  private addConflict(c: Conflict): void {
    const i = this.conflicts.findIndex((o) => o.task === c.task && o.field === c.field)
    if (i >= 0) this.conflicts.splice(i, 1)
    this.conflicts.push(c)
    this.emit({ kind: 'conflict', conflict: c })
  }

  /** show computes how a task is shown. */
  private show(id: number): void {
    let t = this.confirmed.get(id)
    for (const op of this.outbox.ops) {
      if (op.kind === 'create' && op.task.id === id && op.known === undefined) t = op.task
      if (!t || !touches(op, id)) continue
      if (op.kind === 'remove' || (op.kind === 'bulk' && !op.set && !op.done.has(id))) t = undefined
      else if (op.kind === 'patch') {
        // Once the log has the change, the confirmed task is newer. Only its rank may be another person's.
        if (!op.seen) t = { ...t, ...op.set, ...(op.rank !== undefined && op.between ? { rank: op.rank } : {}) }
      } else if (op.kind === 'bulk' && op.set && !op.done.has(id)) t = { ...t, ...op.set }
    }
    if (t) this.shown.set(id, t)
    else this.shown.delete(id)
    this.changed()
  }

  private topRank(status: Status): string {
    let top = ''
    for (const t of this.shown.values()) {
      if (t.status === status && t.rank && (top === '' || t.rank < top)) top = t.rank
    }
    return top
  }

  // Reporting.

  private emit(o: Outcome): void {
    for (const fn of this.outcomes) fn(o)
    this.changed()
  }

  private setState(s: State): void {
    if (this.state === s) return
    this.state = s
    this.changed()
  }

  private changed(): void {
    if (this.notifying) return
    this.notifying = true
    queueMicrotask(() => {
      this.notifying = false
      for (const fn of this.listeners) fn()
    })
  }
}
