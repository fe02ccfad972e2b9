// The store of a company's tasks: what the server has said, and over it what the person did that the server has not confirmed yet.
//
// What it promises: the page shows own changes at once and everybody's as the log tells them; after a cut of any length it goes on
// where it was, and is right without a reload; a change that the server refuses is taken back and the reason is told; a change of a
// field that somebody else changed meanwhile is never sent over theirs, but told as a conflict with both values.
import { between, order } from './rank'
import type { Bulk, Clock, Conflict, Create, Feed, Field, Fields, Message, Op, Outcome, Patch, Remove, Reply, State, Status, Task, Transport } from './types'

/** How many tasks one request changes. */
const bulkLimit = 200
const pageSize = 100
const pingEvery = 20_000
const answerWithin = 8_000
const longestWait = 15_000

const nowhere: Feed = { send() {}, close() {} }

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
  private ops: Op[] = []
  private readonly aliases = new Map<number, number>()
  private lastTemp = 0
  private load: { seen: Set<number>; gone: Set<number> } | null = null
  private feed: Feed = nowhere
  private connection = 0
  private wait = 0
  private head = 0
  private sending = false
  private looking = 0
  private heard = true
  private stopPing = () => {}
  private stopWait = () => {}
  private stopRetry = () => {}
  private failures = 0
  private running = false
  private readonly listeners = new Set<() => void>()
  private readonly messages = new Set<(m: Message) => void>()
  private readonly outcomes = new Set<(o: Outcome) => void>()
  private told = false

  constructor(
    private readonly transport: Transport,
    private readonly clock: Clock,
    /** The person at this page. */
    readonly me: number,
  ) {}

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
    return this.ops.length
  }

  isPending(id: number): boolean {
    return this.ops.some((op) => touches(op, id))
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
    this.add({ kind: 'create', key, task })
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
    this.add({ kind: 'patch', id, set: change, base: valuesOf(t, change) })
  }

  /** Moves a card to a column, between two cards of it; null is the end of the column. */
  move(id: number, status: Status, above: number | null, below: number | null): void {
    id = this.real(id)
    const t = this.shown.get(id)
    if (!t) return
    const set = differing(t, { status })
    const rank = between((above !== null && this.task(above)?.rank) || '', (below !== null && this.task(below)?.rank) || '')
    this.add({ kind: 'patch', id, set, base: valuesOf(t, set), between: [above, below], rank })
  }

  remove(id: number): void {
    id = this.real(id)
    if (this.shown.has(id)) this.add({ kind: 'remove', id })
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
    if (base.size > 0) this.add({ kind: 'bulk', ids: [...base.keys()], set, base, done: new Set() })
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
    this.feed.send({ type: 'viewing', task: task > 0 ? task : null })
  }

  // The connection.

  start(): void {
    this.running = true
    this.connect()
  }

  stop(): void {
    this.running = false
    this.disconnect()
    this.stopRetry()
    this.listeners.clear()
    this.messages.clear()
    this.outcomes.clear()
  }

  /** The network is there again: does not wait for the next attempt. */
  online(): void {
    if (this.running && this.state === 'offline') {
      this.stopWait()
      this.wait = 0
      this.connect()
    }
  }

  /** The network is known to be gone. */
  offline(): void {
    if (this.running && this.state !== 'over') this.lost()
  }

  private connect(): void {
    const mine = ++this.connection
    this.stopWait()
    this.feed = this.transport.open(this.seq, {
      message: (m) => mine === this.connection && this.hear(m),
      close: (code) => mine === this.connection && this.closed(code),
    })
    this.heard = true
    this.watch()
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

  private disconnect(): void {
    this.connection++
    this.stopPing()
    this.stopWait()
    const feed = this.feed
    this.feed = nowhere
    feed.close()
  }

  private closed(code: number): void {
    if (code === 4001 || code === 4003) {
      this.disconnect()
      this.running = false
      this.setState('over')
      for (const fn of this.messages) fn({ type: code === 4001 ? 'signed_out' : 'removed' })
      return
    }
    this.lost()
  }

  private lost(): void {
    this.disconnect()
    this.present.clear()
    this.setState('offline')
    this.wait = Math.min(longestWait, this.wait === 0 ? 300 : this.wait * 2)
    this.stopWait = this.clock.after(this.wait * (0.5 + this.clock.random() / 2), () => this.connect())
  }

  private hear(m: Message): void {
    if (!this.heard) {
      this.heard = true
      this.watch()
    }
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
    this.wait = 0
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
    const mine = this.connection
    const r = await this.transport.request('GET', `/api/events/?after=${this.seq}&limit=1`)
    if (mine !== this.connection || this.state !== 'behind') return
    if (r.status !== 200) {
      this.stopWait()
      this.stopWait = this.clock.after(1000, () => void this.askHead())
      return
    }
    this.head = (r.body as { count: number }).count
    if ((this.seq ?? 0) >= this.head) this.upToDate()
  }

  private upToDate(): void {
    this.setState('live')
    void this.flush()
  }

  private async askPresence(): Promise<void> {
    const mine = this.connection
    const r = await this.transport.request('GET', '/api/presence/')
    if (r.status !== 200 || mine !== this.connection) return
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
    const whole = await Promise.all((['todo', 'in_progress', 'done', 'cancelled'] as const).map((s) => this.readAll(s, load)))
    if (this.load !== load || whole.includes(false)) return
    this.load = null
    for (const id of [...this.confirmed.keys()]) if (!load.seen.has(id)) this.forget(id)
    if (this.feed !== nowhere) this.upToDate()
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
      for (const op of this.ops) if (op.kind === 'remove' && op.id === t.id) op.seen = true
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
    for (const op of this.ops) {
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
    for (const other of this.ops) {
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
    for (const op of [...this.ops]) {
      if (op.kind === 'patch' && op.id === id && !op.seen && !this.inFlight(op)) {
        this.drop(op)
        this.tell({ kind: 'refused', op, reason: 'gone', ids: [id] })
      }
    }
    for (const c of [...this.conflicts]) if (c.task === id) this.conflicts.splice(this.conflicts.indexOf(c), 1)
    this.show(id)
  }

  private inFlight(op: Op): boolean {
    return this.sending && this.ops[0] === op
  }

  /** rebase lays own changes over what the server says now. A field that somebody else has changed since is theirs, and a conflict. */
  private rebase(t: Task, actor: number | null): void {
    const now: Fields = { title: t.title, description: t.description, status: t.status, assigned_to: t.assigned_to }
    for (const op of [...this.ops]) {
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
      if (op.kind === 'patch' && Object.keys(op.set).length === 0 && !op.between && !this.inFlight(op)) this.drop(op)
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
    for (const op of this.ops) {
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

  // Own changes on their way.

  private add(op: Op): void {
    this.ops.push(op)
    this.showOp(op)
    void this.flush()
  }

  private showOp(op: Op): void {
    for (const id of idsOf(op)) this.show(id)
  }

  /** drop takes a change out of the queue; those after it stand on what was there before it. */
  private drop(op: Op): void {
    const at = this.ops.indexOf(op)
    if (at < 0) return
    this.ops.splice(at, 1)
    this.showOp(op)
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

  /** flush sends own changes, one after the other, in the order they were made. */
  private async flush(): Promise<void> {
    if (this.sending) return
    this.sending = true
    try {
      while (this.running && this.state !== 'over' && this.state !== 'behind' && this.ops[0]) {
        if (this.state === 'offline') return // what others did comes first
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
    this.load?.seen.add(t.id)
    if (op.known !== t.id) this.adopt(op, t.id)
    this.confirm(t)
    this.finish(op, r)
    return true
  }

  private async sendPatch(op: Patch): Promise<boolean> {
    const body: Record<string, unknown> = { ...op.set }
    if (op.between) body.between = op.between.map((id) => (id === null || !this.confirmed.has(this.real(id)) ? null : this.real(id)))
    const known = this.confirmed.get(op.id)
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
      this.confirm(current.body as Task)
      if (Object.keys(op.set).length === 0 && !op.between) this.drop(op)
      return true
    }
    if (r.status !== 200) return this.failed(op, r)
    op.seen = true
    this.confirm(r.body as Task)
    this.finish(op, r)
    return true
  }

  private async sendRemove(op: Remove): Promise<boolean> {
    const r = await this.transport.request('DELETE', `/api/tasks/${op.id}/`)
    if (r.status !== 204 && r.status !== 404) return this.failed(op, r)
    this.load?.gone.add(op.id)
    this.load?.seen.delete(op.id)
    this.gone.set(op.id, this.confirmed.get(op.id)?.version ?? this.gone.get(op.id) ?? 0)
    this.confirmed.delete(op.id)
    this.finish(op, r)
    return true
  }

  private async sendBulk(op: Bulk): Promise<boolean> {
    const seqs: number[] = []
    const refused: { id: number; detail: string }[] = []
    const left = op.ids.filter((id) => !op.done.has(id) && this.confirmed.has(id))
    for (let i = 0; i < left.length; i += bulkLimit) {
      const ids = left.slice(i, i + bulkLimit)
      const r = await this.transport.request('POST', '/api/tasks/bulk/', op.set ? { ids, ...op.set } : { ids, delete: true })
      if (r.status !== 200) {
        if (again(r)) {
          if (seqs.length > 0) this.tell({ kind: 'done', op: { ...op, ids: left.slice(0, i) }, seqs })
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
        const t = this.confirmed.get(id)
        if (no.has(id) || !t) continue
        // Until the log tells, it is shown as it was asked.
        if (op.set) this.confirmed.set(id, { ...t, ...op.set })
        else {
          this.gone.set(id, t.version)
          this.confirmed.delete(id)
          this.load?.gone.add(id)
        }
      }
    }
    this.drop(op)
    if (seqs.length > 0) this.tell({ kind: 'done', op, seqs })
    if (refused.length > 0) this.tell({ kind: 'refused', op, reason: refused[0]?.detail ?? '', ids: refused.map((x) => x.id) })
    return true
  }

  private finish(op: Op, r: Reply): void {
    this.drop(op)
    this.tell({ kind: 'done', op, seqs: r.seq ? [r.seq] : [] })
  }

  private failed(op: Op, r: Reply): boolean {
    if (again(r) && (r.status !== 500 || this.failures < 3)) return this.later(r)
    if (r.status === 401) return false
    this.takeBack(op)
    this.failures = 0
    this.tell({ kind: 'refused', op, reason: r.status === 404 ? 'gone' : (r.detail ?? ''), ids: idsOf(op) })
    return true
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

/** again says whether an answer is none about the change itself: it may be repeated. */
function again(r: Reply): boolean {
  return r.status === 0 || r.status === 429 || r.status >= 500
}

function touches(op: Op, id: number): boolean {
  switch (op.kind) {
    case 'create':
      return op.task.id === id || op.known === id
    case 'bulk':
      return op.base.has(id)
    default:
      return op.id === id
  }
}

function idsOf(op: Op): number[] {
  switch (op.kind) {
    case 'create':
      return op.known === undefined ? [op.task.id] : [op.task.id, op.known]
    case 'bulk':
      return op.ids
    default:
      return [op.id]
  }
}

function set(f: Fields, field: Field, v: unknown): void {
  ;(f as Record<string, unknown>)[field] = v
}

function differing(t: Task, wanted: Fields): Fields {
  const out: Fields = {}
  for (const f of Object.keys(wanted) as Field[]) if (wanted[f] !== undefined && wanted[f] !== t[f]) set(out, f, wanted[f])
  return out
}

function valuesOf(t: Task, like: Fields): Fields {
  const out: Fields = {}
  for (const f of Object.keys(like) as Field[]) set(out, f, t[f])
  return out
}

function includes(t: Task, wanted: Fields): boolean {
  return (Object.keys(wanted) as Field[]).every((f) => t[f] === wanted[f])
}

/** columns sorts tasks into their columns, as the board shows them. */
export function columns(tasks: Iterable<Task>, keep: (t: Task) => boolean = () => true): Record<Status, Task[]> {
  const out: Record<Status, Task[]> = { todo: [], in_progress: [], done: [], cancelled: [] }
  for (const t of tasks) if (keep(t)) out[t.status].push(t)
  for (const list of Object.values(out)) list.sort(order)
  return out
}
