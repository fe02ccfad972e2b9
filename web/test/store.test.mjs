// The store of tasks against a small model of the server: one company's tasks and log, as far as the store asks for them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from './load.mjs'

const { Store } = await load('../src/sync/store.ts')
const { columns } = await load('../src/sync/rank.ts')

const me = 1
const other = 2
const fields = ['title', 'description', 'status', 'assigned_to']

/** A server in memory. What it sends waits until the test delivers it, so that a test decides what meets what. */
class Server {
  tasks = new Map()
  log = []
  feeds = new Set()
  keys = new Map()
  lastId = 0
  down = false
  refuse = null // gives an answer for a request instead of the server's

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
    const task = { id, description: '', status: 'todo', assigned_to: null, created_by: actor, version: 1, created_at: 'now', updated_at: 'now', rank: String(1e6 - id), ...set }
    return [task, this.change(actor, 'task_created', task)]
  }
  patch(actor, id, set) {
    const old = this.tasks.get(id)
    const changes = Object.fromEntries(Object.entries(set).filter(([f, v]) => old[f] !== v).map(([f, v]) => [f, { old: old[f], new: v }]))
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
        if (e.type === 'task_updated') this.patch(me, e.task.id, Object.fromEntries(Object.entries(e.changes).map(([f, c]) => [f, c.old])))
        else if (e.type === 'task_deleted') this.change(me, 'task_created', { ...e.task, version: e.task.version + 1 })
        else this.change(me, 'task_deleted', e.task)
      }
      return { status: 200, body: { changed: body.seqs.length, deleted: 0, refused: [], seqs: [] } }
    }
    if (url.pathname === '/api/tasks/' && method === 'GET') {
      const all = [...this.tasks.values()].filter((t) => t.status === url.searchParams.get('status'))
      const from = Number(url.searchParams.get('cursor') || 0)
      const next = from + 2 < all.length ? `/api/tasks/?status=${url.searchParams.get('status')}&cursor=${from + 2}` : null
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
    const feed = { on, todo: [{ type: 'connection_established', seq: this.log.length }, ...(since === null ? [] : this.log.slice(since))] }
    this.feeds.add(feed)
    return { send() {}, close: () => this.feeds.delete(feed) }
  }
  /** Sends n messages that wait, all without a number. */
  deliver(n = Infinity) {
    for (const f of [...this.feeds]) for (const m of f.todo.splice(0, n)) f.on.message(structuredClone(m))
  }
  cut() {
    for (const f of [...this.feeds]) f.on.close(1006)
  }
}

/** A clock that the test winds. */
class Clock {
  timers = new Set()
  after(ms, fn) {
    const t = { ms, fn }
    this.timers.add(t)
    return () => this.timers.delete(t)
  }
  random = () => 0.5
  /** Runs what waits for less than a time, once. */
  run(most = 16_000) {
    for (const t of [...this.timers]) if (t.ms < most && this.timers.delete(t)) t.fn()
  }
}

const settle = async () => {
  for (let i = 0; i < 60; i++) await null
}

async function begin(...titles) {
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

const state = (tasks) => [...tasks.values()].map((t) => [t.id, ...fields.map((f) => t[f]), t.rank]).sort((a, b) => a[0] - b[0])

test('a snapshot of pages, then every event once', async () => {
  const { server, store } = await begin('a', 'b', 'c', 'd', 'e')
  assert.equal(store.state, 'live')
  assert.equal(store.tasks.size, 5)
  server.patch(other, 1, { title: 'A' })
  server.create(other, { title: 'f' })
  server.change(other, 'task_deleted', server.tasks.get(2))
  server.deliver()
  assert.deepEqual(state(store.tasks), state(server.tasks))
  assert.equal(store.seq, server.log.length)
})

test('own changes are shown at once, in the order they were made', async () => {
  const { server, store, outcomes } = await begin('a')
  const id = store.create({ title: 'new' })
  store.patch(id, { title: 'newer' })
  store.patch(1, { status: 'done' })
  assert.equal(store.task(id).title, 'newer')
  assert.equal(store.task(1).status, 'done')
  assert.equal(store.pending, 3)
  await settle()
  server.deliver()
  assert.equal(store.pending, 0)
  assert.equal(store.real(id), 2)
  assert.deepEqual(outcomes.map((o) => o.kind), ['done', 'done', 'done'])
  assert.deepEqual(state(store.tasks), state(server.tasks))
})

test('others change other fields under an own change: both stay', async () => {
  const { server, store } = await begin('a')
  server.patch(other, 1, { status: 'done' }) // not heard of yet
  store.patch(1, { title: 'mine' })
  await settle()
  server.deliver()
  assert.deepEqual([server.tasks.get(1).title, server.tasks.get(1).status], ['mine', 'done'])
  assert.deepEqual(state(store.tasks), state(server.tasks))
  assert.equal(store.conflicts.length, 0)
})

test('others change the same field: theirs stays, both are told, and mine is sent when I say so', async () => {
  const { server, store } = await begin('a')
  server.patch(other, 1, { title: 'theirs' })
  store.patch(1, { title: 'mine' })
  await settle()
  assert.equal(server.tasks.get(1).title, 'theirs')
  assert.equal(store.task(1).title, 'theirs')
  assert.deepEqual(store.conflicts.map((c) => [c.field, c.mine, c.theirs]), [['title', 'mine', 'theirs']])
  store.settle(store.conflicts[0], true)
  await settle()
  assert.equal(server.tasks.get(1).title, 'mine')
})

test('what was typed over an older value is a conflict', async () => {
  const { server, store } = await begin('a')
  server.patch(other, 1, { title: 'theirs' })
  server.deliver()
  store.patch(1, { title: 'mine', status: 'done' }, { title: 'a' })
  await settle()
  assert.deepEqual([server.tasks.get(1).title, server.tasks.get(1).status], ['theirs', 'done'])
  assert.equal(store.conflicts.length, 1)
})

test('a change that the server refuses is taken back, with the reason', async () => {
  const { server, store, outcomes } = await begin('a')
  server.refuse = (method) => method === 'PATCH' && { status: 400, detail: 'No.' }
  store.patch(1, { title: 'mine' })
  assert.equal(store.task(1).title, 'mine')
  await settle()
  assert.equal(store.task(1).title, 'a')
  assert.deepEqual(outcomes.map((o) => [o.kind, o.reason]), [['refused', 'No.']])
  assert.equal(store.pending, 0)
})

test('an error that says nothing of the change is tried again, and makes nothing twice', async () => {
  const { server, clock, store } = await begin()
  let times = 0
  server.refuse = (method) => method === 'POST' && times++ < 2 && { status: 503 }
  store.create({ title: 'once' })
  for (let i = 0; i < 5; i++) {
    await settle()
    clock.run()
  }
  await settle()
  server.deliver()
  assert.deepEqual([...server.tasks.values()].map((t) => t.title), ['once'])
  assert.deepEqual(state(store.tasks), state(server.tasks))
})

test('after a cut it goes on where it was', async () => {
  const { server, clock, store } = await begin('a', 'b')
  server.down = true
  server.cut()
  assert.equal(store.state, 'offline')
  store.patch(1, { title: 'offline' })
  store.remove(2)
  assert.equal(store.tasks.size, 1)
  server.create(other, { title: 'meanwhile' })
  await settle()
  assert.equal(server.tasks.get(1).title, 'a')
  server.down = false
  store.online()
  server.deliver(1)
  await settle()
  assert.equal(store.state, 'behind')
  assert.equal(server.tasks.get(1).title, 'a', 'what others did comes first')
  server.deliver()
  await settle()
  server.deliver()
  clock.run(5000)
  assert.equal(store.state, 'live')
  assert.equal(server.tasks.get(1).title, 'offline')
  assert.deepEqual(state(store.tasks), state(server.tasks))
})

test('many are changed in one step, and changed back', async () => {
  const { server, store, outcomes } = await begin('a', 'b', 'c')
  store.bulk([1, 3], { status: 'done' })
  assert.deepEqual([1, 2, 3].map((i) => store.task(i).status), ['done', 'todo', 'done'])
  await settle()
  server.deliver()
  const [{ kind, seqs }] = outcomes
  assert.deepEqual([kind, seqs.length], ['done', 2])
  await store.undo(seqs)
  server.deliver()
  assert.deepEqual([...server.tasks.values()].map((t) => t.status), ['todo', 'todo', 'todo'])
  store.bulk([1, 2, 3], null)
  assert.equal(store.tasks.size, 0)
  await settle()
  await store.undo(outcomes.at(-1).seqs)
  server.deliver()
  assert.equal(store.tasks.size, 3)
  assert.deepEqual(state(store.tasks), state(server.tasks))
})

test('a column stands as the server has it', async () => {
  const { server, store } = await begin('a', 'b', 'c')
  const order = () => columns(store.tasks.values()).todo.map((t) => t.title).join('')
  assert.equal(order(), 'cba')
  store.move(3, 'todo', 2, 1)
  assert.equal(order(), 'bca', 'at once')
  await settle()
  server.deliver()
  assert.equal(order(), 'bca', 'and as the server answered')
  assert.deepEqual(state(store.tasks), state(server.tasks))
})

test('whatever happens in whichever order, in the end the store has what the server has', async () => {
  for (let seed = 1; seed <= 150; seed++) {
    let x = seed * 2654435761
    const dice = (n) => {
      x = (Math.imul(x, 1664525) + 1013904223) >>> 0
      return Math.floor((x / 2 ** 32) * n)
    }
    const { server, clock, store } = await begin('a', 'b', 'c', 'd')
    const any = (m) => [...m.keys()][dice(m.size)]
    for (let i = 0; i < 40; i++) {
      const status = ['todo', 'in_progress', 'done', 'cancelled'][dice(4)]
      const theirs = any(server.tasks)
      const mine = any(store.tasks)
      switch (dice(12)) {
        case 0: server.create(other, { title: 'o' + i }); break
        case 1: if (theirs) server.patch(other, theirs, { title: 'o' + i }); break
        case 2: if (theirs) server.patch(other, theirs, { status }); break
        case 3: if (theirs && server.tasks.size > 2) server.change(other, 'task_deleted', server.tasks.get(theirs)); break
        case 4: store.create({ title: 'm' + i, status }); break
        case 5: if (mine) store.patch(mine, { title: 'm' + i }); break
        case 6: if (mine) store.patch(mine, { status }); break
        case 7: if (mine && store.tasks.size > 2) store.remove(mine); break
        case 8: store.bulk([...store.tasks.keys()].slice(0, 2), { assigned_to: dice(2) ? me : other }); break
        case 9: server.deliver(1 + dice(3)); break
        case 10: server.cut(); store.online(); break
        case 11: for (let k = dice(20); k > 0; k--) await null; break
      }
    }
    for (let i = 0; i < 12; i++) {
      server.deliver()
      await settle()
      clock.run()
    }
    assert.equal(store.pending, 0, `seed ${seed}: something is never sent`)
    assert.deepEqual(state(store.tasks), state(server.tasks), `seed ${seed}`)
    store.stop()
  }
})
