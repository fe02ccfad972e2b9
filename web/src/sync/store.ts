// The store of a company's tasks: what the server has said, and over it what the person did that the server has not confirmed yet.
//
// What it promises: the page shows own changes at once and everybody's as the log tells them; after a cut of any length it goes on
// where it was, and is right without a reload; a change that the server refuses is taken back and the reason is told; a change of a
// field that somebody else changed meanwhile is never sent over theirs, but told as a conflict with both values.
import { Connection } from './connection'
import { differing, includes, set, touches, valuesOf } from './ops'
import { bulkLimit, Outbox } from './outbox'
import { between } from './rank'
import { statuses, type Clock, type Conflict, type Create, type Field, type Fields, type Message, type Outcome, type Reply, type State, type Status, type Task, type Transport } from './types'

const pageSize = 100
const longestWait = 15_000

export class Store {
  state: State = 'loading'
  /** How many tasks the first look has brought, and how many there are. */
  progress = { have: 0, all: 0 }
  /** The number of the last event that is in the store. */
  seq: number | null = null
  /** By member, the tasks that they look at. A member who is not in it is not connected. */
  readonly present = new Map<number, number[]>()
  readonly conflicts: Conflict[] = []

  private readonly confirmed = new Map<number, Task>()
  /** The version that a deleted task had last: an answer that comes after the news of it does not make it again. */
  private readonly gone = new Map<number, number>()
  private readonly shown = new Map<number, Task>()
  private readonly aliases = new Map<number, number>()
  private lastTemp = 0
  private load: { seen: Set<number>; gone: Set<number> } | null = null
  private head = 0
  private looking = 0
  private running = false
  private readonly listeners = new Set<() => void>()
  private readonly messages = new Set<(m: Message) => void>()
  private readonly outcomes = new Set<(o: Outcome) => void>()
  private told = false
  private readonly connection: Connection
  private readonly outbox: Outbox

  constructor(
    private readonly transport: Transport,
    private readonly clock: Clock,
    /** The person at this page. */
    readonly me: number,
  ) {
    this.connection = new Connection(transport, clock, {
      since: () => this.seq,
      message: (m) => this.hear(m),
      lost: () => {
        this.present.clear()
        this.setState('offline')
      },
      ended: (code) => {
        this.running = false
        this.setState('over')
        for (const fn of this.messages) fn({ type: code === 4001 ? 'signed_out' : 'removed' })
      },
    })
    this.outbox = new Outbox(transport, clock, {
      ready: () => this.running && (this.state === 'live' || this.state === 'loading'),
      known: (id) => this.confirmed.get(id),
      real: (id) => this.real(id),
      confirm: (t) => this.confirm(t),
      made: (op, t) => {
        this.load?.seen.add(t.id)
        if (op.known !== t.id) this.adopt(op, t.id)
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
      tell: (o) => this.tell(o),
    })
  }

  // What the page asks.

  /** The tasks as they are shown: the server's, with own changes over them. */
  get tasks(): ReadonlyMap<number, Task> {
    return this.shown
  }

  /** A task by the id it has now or had before the server gave it one. */
  task(id: number): Task | undefined {
    return this.shown.get(this.real(id)) ?? this.shown.get(id)
  }

  /** What the server says of a task, without own changes. */
  original(id: number): Task | undefined {
    return this.confirmed.get(this.real(id))
  }

  real(id: number): number {
    return this.aliases.get(id) ?? id
  }

  /** How many own changes are on their way. */
  get pending(): number {
    return this.outbox.ops.length
  }

  isPending(id: number): boolean {
    return this.outbox.ops.some((op) => touches(op, id))
  }

  /** Calls fn after something changed, once for all that changed together. */
  subscribe(fn: () => void): () => void {
    this.listeners.add(fn)
    return () => this.listeners.delete(fn)
  }

  /** Calls fn with every message of the feed, for what else follows the log. */
  onMessage(fn: (m: Message) => void): () => void {
    this.messages.add(fn)
    return () => this.messages.delete(fn)
  }

  /** Calls fn with what becomes of own changes. */
  onOutcome(fn: (o: Outcome) => void): () => void {
    this.outcomes.add(fn)
    return () => this.outcomes.delete(fn)
  }

  // What the person does.

  create(fields: Fields & { title: string }): number {
    const now = new Date().toISOString()
    const id = --this.lastTemp
    const status = fields.status ?? 'todo'
    const task: Task = {
      description: '',
      assigned_to: null,
      ...fields,
      id,
      status,
      created_by: this.me,
      version: 0,
      created_at: now,
      updated_at: now,
      rank: between('', this.topRank(status)),
    }
    const key = Array.from({ length: 4 }, () => Math.floor(this.clock.random() * 2 ** 32).toString(36)).join('-')
    this.outbox.add({ kind: 'create', key, task })
    return id
  }

  /**
   * Changes fields of a task. from is what the person had before them when they began, where that took a while: a field that
   * somebody else has changed since is a conflict.
   */
  patch(id: number, set: Fields, from: Fields = {}): void {
    id = this.real(id)
    const t = this.shown.get(id)
    if (!t) return
    const change = differing(t, set)
    for (const field of Object.keys(change) as Field[]) {
      if (!(field in from) || from[field] === t[field]) continue
      this.disagree({ task: id, field, mine: change[field], theirs: t[field], actor: null })
      delete change[field]
    }
    if (Object.keys(change).length === 0) return
    this.outbox.add({ kind: 'patch', id, set: change, base: valuesOf(t, change) })
  }

  /** Moves a card to a column, between two cards of it; null is the end of the column. */
  move(id: number, status: Status, above: number | null, below: number | null): void {
    id = this.real(id)
    const t = this.shown.get(id)
    if (!t) return
    const set = differing(t, { status })
    const rank = between((above !== null && this.task(above)?.rank) || '', (below !== null && this.task(below)?.rank) || '')
    this.outbox.add({ kind: 'patch', id, set, base: valuesOf(t, set), between: [above, below], rank })
  }

  remove(id: number): void {
    id = this.real(id)
    if (this.shown.has(id)) this.outbox.add({ kind: 'remove', id })
  }

  /** Changes many tasks, or with null deletes them. */
  bulk(ids: number[], set: Fields | null): void {
    const base = new Map<number, Fields>()
    for (const id of ids.map((i) => this.real(i))) {
      const t = this.shown.get(id)
      if (!t || id < 0) continue
      if (set && Object.keys(differing(t, set)).length === 0) continue
      base.set(id, set ? valuesOf(t, set) : {})
    }
    if (base.size > 0) this.outbox.add({ kind: 'bulk', ids: [...base.keys()], set, base, done: new Set() })
  }

  /** Takes changes back, by the numbers of their events. The log tells what comes of it. */
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
    this.tell({ kind: 'undone', changed, refused })
  }

  /** Decides a conflict: with mine, the own value is sent over theirs. */
  settle(c: Conflict, mine: boolean): void {
    const i = this.conflicts.indexOf(c)
    if (i >= 0) this.conflicts.splice(i, 1)
    if (mine) this.patch(c.task, { [c.field]: c.mine })
    this.changed()
  }

  /** Says which task the page shows; 0 is none. */
  look(task: number): void {
    this.looking = task
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

  /** The network is there again: does not wait for the next attempt. */
  online(): void {
    if (this.running && this.state === 'offline') {
      this.connection.greeted()
      this.connection.connect()
    }
  }

  /** The network is known to be gone. */
  offline(): void {
    if (this.running && this.state !== 'over') this.connection.lost()
  }

  private hear(m: Message): void {
    switch (m.type) {
      case 'connection_established':
        this.greeted(m.seq ?? 0)
        break
      case 'resync':
        this.seq = m.seq ?? 0
        void this.reload()
        break
      case 'presence':
        this.sawPresence(m)
        break
      default:
        if (m.seq === undefined) break
        if (this.seq === null || m.seq <= this.seq) return
        this.seq = m.seq
        this.happened(m)
        if (this.state === 'behind' && this.seq >= this.head) this.upToDate()
    }
    for (const fn of this.messages) fn(m)
  }

  private greeted(seq: number): void {
    this.connection.greeted()
    if (this.looking > 0) this.look(this.looking)
    void this.askPresence()
    if (this.seq === null) {
      this.seq = seq
      void this.reload()
      return
    }
    if (this.load) return // it goes on, and ends up live by itself
    this.setState('behind')
    void this.askHead()
  }

  /** askHead asks how far the log goes, to know when everything of it has come. */
  private async askHead(): Promise<void> {
    const mine = this.connection.turn
    const r = await this.transport.request('GET', `/api/events/?after=${this.seq}&limit=1`)
    if (mine !== this.connection.turn || this.state !== 'behind') return
    if (r.status !== 200) {
      this.connection.later(1000, () => void this.askHead())
      return
    }
    this.head = (r.body as { count: number }).count
    if ((this.seq ?? 0) >= this.head) this.upToDate()
  }

  private upToDate(): void {
    this.setState('live')
    void this.outbox.flush()
  }

  private async askPresence(): Promise<void> {
    const mine = this.connection.turn
    const r = await this.transport.request('GET', '/api/presence/')
    if (r.status !== 200 || mine !== this.connection.turn) return
    this.present.clear()
    for (const p of (r.body as { results: { user: number; tasks: number[] }[] }).results) this.present.set(p.user, p.tasks)
    this.changed()
  }

  private sawPresence(m: Message): void {
    if (m.reset) return void this.askPresence()
    if (m.user === undefined) return
    if (m.online) this.present.set(m.user, m.tasks ?? [])
    else this.present.delete(m.user)
    this.changed()
  }

  // What the server has.

  /** reload reads all tasks. What happens meanwhile comes by the log, and is newer than what a page says. */
  private async reload(): Promise<void> {
    const load = { seen: new Set<number>(), gone: new Set<number>() }
    this.load = load
    this.progress = { have: 0, all: 0 }
    if (this.state !== 'live') this.setState('loading')
    const whole = await Promise.all(statuses.map((s) => this.readAll(s, load)))
    if (this.load !== load || whole.includes(false)) return
    this.load = null
    for (const id of [...this.confirmed.keys()]) if (!load.seen.has(id)) this.forget(id)
    if (this.connection.open) this.upToDate()
  }

  private async readAll(status: Status, load: NonNullable<Store['load']>): Promise<boolean> {
    let next: string | null = `/api/tasks/?status=${status}&cursor=&page_size=${pageSize}`
    let counted = false
    let wait = 500
    while (next) {
      const r: Reply = await this.transport.request('GET', next)
      if (this.load !== load || !this.running) return false
      if (r.status === 401) return false
      if (r.status !== 200) {
        await new Promise<void>((go) => this.clock.after(wait * (0.5 + this.clock.random()), go))
        wait = Math.min(wait * 2, longestWait)
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
          this.learn(t)
        } else this.confirm(t)
      }
      this.changed()
      next = page.next
    }
    return true
  }

  /** happened takes an event of the log into the store. */
  private happened(m: Message): void {
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
    if (m.actor === this.me) this.recognise(m, t)
    if (first) this.learn(t)
    else this.confirm(t, m.actor ?? null)
  }

  /** recognise finds the own change that an event is of. */
  private recognise(m: Message, t: Task): void {
    for (const op of this.outbox.ops) {
      if (op.kind === 'create' && m.type === 'task_created' && op.known === undefined && op.task.title === t.title && op.task.status === t.status) {
        this.adopt(op, t.id)
        return
      }
      if (op.kind === 'patch' && op.id === t.id && !op.seen && includes(t, op.set)) {
        op.seen = true
        return
      }
    }
  }

  /** adopt gives a new task the id that the server has given it. */
  private adopt(op: Create, id: number): void {
    const temp = op.task.id
    op.known = id
    this.aliases.set(temp, id)
    this.shown.delete(temp)
    for (const other of this.outbox.ops) {
      if ((other.kind === 'patch' || other.kind === 'remove') && other.id === temp) other.id = id
    }
    this.show(id)
  }

  /** confirm notes what the server says of a task, unless something newer is known. */
  private confirm(t: Task, actor: number | null = null): void {
    const known = this.confirmed.get(t.id)?.version ?? this.gone.get(t.id) ?? 0
    if (known >= t.version) return
    this.learn(t, actor)
  }

  private learn(t: Task, actor: number | null = null): void {
    this.confirmed.set(t.id, t)
    this.rebase(t, actor)
    this.show(t.id)
  }

  private forget(id: number): void {
    this.confirmed.delete(id)
    for (const op of [...this.outbox.ops]) {
      if (op.kind === 'patch' && op.id === id && !op.seen && !this.outbox.inFlight(op)) {
        this.outbox.drop(op)
        this.tell({ kind: 'refused', op, reason: 'gone', ids: [id] })
      }
    }
    for (const c of [...this.conflicts]) if (c.task === id) this.conflicts.splice(this.conflicts.indexOf(c), 1)
    this.show(id)
  }

  /** rebase lays own changes over what the server says now. A field that somebody else has changed since is theirs, and a conflict. */
  private rebase(t: Task, actor: number | null): void {
    const now: Fields = { title: t.title, description: t.description, status: t.status, assigned_to: t.assigned_to }
    for (const op of [...this.outbox.ops]) {
      if (!('set' in op) || !op.set || !touches(op, t.id)) continue
      if (op.kind === 'patch' ? op.seen : op.done.has(t.id)) continue
      const base = op.kind === 'patch' ? op.base : (op.base.get(t.id) ?? {})
      for (const field of Object.keys(op.set) as Field[]) {
        if (field in base && now[field] !== base[field] && now[field] !== op.set[field]) {
          this.disagree({ task: t.id, field, mine: op.set[field], theirs: now[field], actor })
          if (op.kind === 'patch') {
            delete op.set[field]
            delete op.base[field]
            if (field === 'status') delete op.between
          } else op.done.add(t.id)
        } else set(now, field, op.set[field])
      }
      if (op.kind === 'patch' && Object.keys(op.set).length === 0 && !op.between && !this.outbox.inFlight(op)) this.outbox.drop(op)
    }
  }

  private disagree(c: Conflict): void {
    const i = this.conflicts.findIndex((o) => o.task === c.task && o.field === c.field)
    if (i >= 0) this.conflicts.splice(i, 1)
    this.conflicts.push(c)
    this.tell({ kind: 'conflict', conflict: c })
  }

  /** show works out how a task is shown. */
  private show(id: number): void {
    let t = this.confirmed.get(id)
    for (const op of this.outbox.ops) {
      if (op.kind === 'create' && op.task.id === id && op.known === undefined) t = op.task
      if (!t || !touches(op, id)) continue
      if (op.kind === 'remove' || (op.kind === 'bulk' && !op.set && !op.done.has(id))) t = undefined
      else if (op.kind === 'patch') {
        // Where it is in the log, what is confirmed is newer; only the rank may be another's that came between.
        if (!op.seen) t = { ...t, ...op.set, ...(op.rank !== undefined && op.between ? { rank: op.rank } : {}) }
      } else if (op.kind === 'bulk' && op.set && !op.done.has(id)) t = { ...t, ...op.set }
    }
    if (t) this.shown.set(id, t)
    else this.shown.delete(id)
    this.changed()
  }

  private topRank(status: Status): string {
    let top = ''
    for (const t of this.shown.values()) if (t.status === status && t.rank && (top === '' || t.rank < top)) top = t.rank
    return top
  }

  // Telling.

  private tell(o: Outcome): void {
    for (const fn of this.outcomes) fn(o)
    this.changed()
  }

  private setState(s: State): void {
    if (this.state === s) return
    this.state = s
    this.changed()
  }

  private changed(): void {
    if (this.told) return
    this.told = true
    queueMicrotask(() => {
      this.told = false
      for (const fn of this.listeners) fn()
    })
  }
}
