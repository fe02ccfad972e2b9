// A small model of the server for tests of the store: the tasks and the log of one company, as far as the store asks.
import { load } from './load.mjs'

const { Store } = await load('../src/sync/store.ts')
const { emptyValues } = await load('../src/task/fields.ts')

export const me = 1
export const other = 2

/** Server keeps tasks and the log in memory. Its messages wait until the test delivers them, so the test decides the order. */
export class Server {
  tasks = new Map()
  log = []
  feeds = new Set()
  keys = new Map()
  lastId = 0
  down = false
  refuse = null // may answer a request in place of the server

  change(actor, type, task, changes = {}) {
    const m = { type, seq: this.log.length + 1, actor, at: 'now', changes, task: { ...task } }
    this.log.push(m)
    if (type === 'task_deleted') this.tasks.delete(task.id)
    else this.tasks.set(task.id, task)
    for (const f of this.feeds) f.todo.push(m)
    return m.seq
  }
  create(actor, set) {
    const id = ++this.lastId
    const task = {
      id,
      ...emptyValues(),
      created_by: actor,
      version: 1,
      created_at: 'now',
      updated_at: 'now',
      rank: String(1e6 - id),
      ...set,
    }
    return [task, this.change(actor, 'task_created', task)]
  }
  patch(actor, id, set) {
    const old = this.tasks.get(id)
    const changes = Object.fromEntries(
      Object.entries(set)
        .filter(([f, v]) => old[f] !== v)
        .map(([f, v]) => [f, { old: old[f], new: v }]),
    )
    if (Object.keys(changes).length === 0) return [old, 0]
    const task = { ...old, ...set, version: old.version + 1 }
    return [task, this.change(actor, 'task_updated', task, changes)]
  }
  rank(between) {
    const [above, below] = between.map((id) => this.tasks.get(id)?.rank)
    return above === undefined ? (below ?? 'm') + '!' : above + '5' // enough of an order for one move
  }

  request = async (method, path, body, headers = {}) => {
    await null
    if (this.down) return { status: 0 }
    const no = this.refuse?.(method, path, body)
    if (no) return no
    const url = new URL(path, 'http://x')
    const id = Number(/^\/api\/tasks\/(\d+)\//.exec(url.pathname)?.[1])
    if (url.pathname === '/api/presence/') return { status: 200, body: { results: [] } }
    if (url.pathname === '/api/events/') return { status: 200, body: { count: this.log.length } }
    if (url.pathname === '/api/tasks/bulk/') {
      const out = { changed: 0, deleted: 0, refused: [], seqs: [] }
      const { ids, delete: gone, ...set } = body
      for (const i of ids) {
        if (!this.tasks.has(i)) out.refused.push({ id: i, detail: 'Not found.' })
        else {
          const seq = gone ? this.change(me, 'task_deleted', this.tasks.get(i)) : this.patch(me, i, set)[1]
          if (seq) out.seqs.push(seq)
        }
      }
      return { status: 200, body: out }
    }
    if (url.pathname === '/api/tasks/undo/') {
      for (const seq of [...body.seqs].reverse()) {
        const e = this.log[seq - 1]
        if (e.type === 'task_updated')
          this.patch(me, e.task.id, Object.fromEntries(Object.entries(e.changes).map(([f, c]) => [f, c.old])))
        else if (e.type === 'task_deleted') this.change(me, 'task_created', { ...e.task, version: e.task.version + 1 })
        else this.change(me, 'task_deleted', e.task)
      }
      return { status: 200, body: { changed: body.seqs.length, deleted: 0, refused: [], seqs: [] } }
    }
    if (url.pathname === '/api/tasks/' && method === 'GET') {
      const all = [...this.tasks.values()].filter((t) => t.status === url.searchParams.get('status'))
      const from = Number(url.searchParams.get('cursor') || 0)
      const next =
        from + 2 < all.length ? `/api/tasks/?status=${url.searchParams.get('status')}&cursor=${from + 2}` : null
      return { status: 200, body: { count: all.length, next, results: all.slice(from, from + 2) } }
    }
    if (url.pathname === '/api/tasks/') {
      const key = headers['Idempotency-Key']
      if (!this.keys.has(key)) this.keys.set(key, this.create(me, body))
      const [task, seq] = this.keys.get(key)
      return { status: 201, body: task, seq }
    }
    const task = this.tasks.get(id)
    if (!task) return { status: 404, detail: 'Not found.' }
    if (method === 'GET') return { status: 200, body: task }
    if (method === 'DELETE') return { status: 204, seq: this.change(me, 'task_deleted', task) }
    if (headers['If-Match'] && headers['If-Match'] !== `"${task.version}-"`) return { status: 412 }
    const { between, ...set } = body
    if (between) set.rank = this.rank(between)
    const [now, seq] = this.patch(me, id, set)
    return { status: 200, body: now, seq }
  }

  open = (since, on) => {
    const feed = {
      on,
      todo: [
        { type: 'connection_established', seq: this.log.length },
        ...(since === null ? [] : this.log.slice(since)),
      ],
    }
    this.feeds.add(feed)
    return { send() {}, close: () => this.feeds.delete(feed) }
  }
  /** deliver sends n of the waiting messages, or all of them. */
  deliver(n = Infinity) {
    for (const f of [...this.feeds]) for (const m of f.todo.splice(0, n)) f.on.message(structuredClone(m))
  }
  cut() {
    for (const f of [...this.feeds]) f.on.close(1006)
  }
}

/** Clock runs its timers when the test says so. */
export class Clock {
  timers = new Set()
  after(ms, fn) {
    const t = { ms, fn }
    this.timers.add(t)
    return () => this.timers.delete(t)
  }
  random = () => 0.5
  /** run fires once every timer that is shorter than a limit. */
  run(most = 16_000) {
    for (const t of [...this.timers]) if (t.ms < most && this.timers.delete(t)) t.fn()
  }
}

export const settle = async () => {
  for (let i = 0; i < 60; i++) await null
}

/** begin starts a store on a server that has tasks with these titles. */
export async function begin(...titles) {
  const server = new Server()
  for (const title of titles) server.create(other, { title })
  const clock = new Clock()
  const store = new Store(server, clock, me)
  const outcomes = []
  store.onOutcome((o) => outcomes.push(o))
  store.start()
  server.deliver()
  await settle()
  return { server, clock, store, outcomes }
}
