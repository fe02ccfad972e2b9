// The store of tasks against a model of the server.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from './load.mjs'
import { begin, me, other, settle } from './server.mjs'

const { columns } = await load('../src/sync/rank.ts')
const { fieldNames } = await load('../src/task/fields.ts')

const state = (tasks) =>
  [...tasks.values()].map((t) => [t.id, ...fieldNames.map((f) => t[f]), t.rank]).sort((a, b) => a[0] - b[0])

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
  assert.deepEqual(
    outcomes.map((o) => o.kind),
    ['done', 'done', 'done'],
  )
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
  assert.deepEqual(
    store.conflicts.map((c) => [c.field, c.mine, c.theirs]),
    [['title', 'mine', 'theirs']],
  )
  store.resolve(store.conflicts[0], true)
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
  assert.deepEqual(
    outcomes.map((o) => [o.kind, o.reason]),
    [['refused', 'No.']],
  )
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
  assert.deepEqual(
    [...server.tasks.values()].map((t) => t.title),
    ['once'],
  )
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
  assert.deepEqual(
    [1, 2, 3].map((i) => store.task(i).status),
    ['done', 'todo', 'done'],
  )
  await settle()
  server.deliver()
  const [{ kind, seqs }] = outcomes
  assert.deepEqual([kind, seqs.length], ['done', 2])
  await store.undo(seqs)
  server.deliver()
  assert.deepEqual(
    [...server.tasks.values()].map((t) => t.status),
    ['todo', 'todo', 'todo'],
  )
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
  const order = () =>
    columns(store.tasks.values())
      .todo.map((t) => t.title)
      .join('')
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
        case 0:
          server.create(other, { title: 'o' + i })
          break
        case 1:
          if (theirs) server.patch(other, theirs, { title: 'o' + i })
          break
        case 2:
          if (theirs) server.patch(other, theirs, { status })
          break
        case 3:
          if (theirs && server.tasks.size > 2) server.change(other, 'task_deleted', server.tasks.get(theirs))
          break
        case 4:
          store.create({ title: 'm' + i, status })
          break
        case 5:
          if (mine) store.patch(mine, { title: 'm' + i })
          break
        case 6:
          if (mine) store.patch(mine, { status })
          break
        case 7:
          if (mine && store.tasks.size > 2) store.remove(mine)
          break
        case 8:
          store.bulk([...store.tasks.keys()].slice(0, 2), { assigned_to: dice(2) ? me : other })
          break
        case 9:
          server.deliver(1 + dice(3))
          break
        case 10:
          server.cut()
          store.online()
          break
        case 11:
          for (let k = dice(20); k > 0; k--) await null
          break
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
