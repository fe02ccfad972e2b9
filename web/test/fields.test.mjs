// Walks the table of a task's fields, so that no part of the store can forget one: each field is set in a new task,
// changed, rebased, brought into conflict and undone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inputs, load } from './load.mjs'
import { begin, other, settle } from './server.mjs'

const { fieldNames, fields } = await load('../src/task/fields.ts')

/** Three values of each kind that differ from each other and from the empty one. */
const samples = {
  line: () => ['one', 'two', 'three'],
  markdown: () => ['# one', '**two**', '- three'],
  choice: (spec) =>
    Object.keys(spec.options)
      .filter((v) => v !== spec.empty)
      .slice(0, 3),
  member: () => [11, 12, 13],
  date: () => ['2027-01-31', '2027-02-28', '2028-02-29'],
  instant: () => ['2027-01-31T12:00:00.000Z', '2027-02-28T12:00:00.000Z', '2028-02-29T12:00:00.000Z'],
  number: () => [1, 2, 3],
}

for (const field of fieldNames) {
  const spec = fields[field]
  const [one, two, three] = samples[spec.kind](spec)
  const another = fieldNames.find((f) => f !== field)
  const [foreign] = samples[fields[another].kind](fields[another])

  test(`${field}: set in a task that is made offline`, async () => {
    const { server, clock, store } = await begin()
    server.down = true
    const id = store.create({ title: 'new', [field]: one })
    assert.deepEqual(store.task(id)[field], one)
    await settle()
    server.down = false
    clock.run()
    await settle()
    server.deliver()
    assert.equal(store.pending, 0)
    assert.deepEqual(
      [...server.tasks.values()].map((t) => t[field]),
      [one],
    )
    assert.deepEqual(store.task(id)[field], one)
  })

  test(`${field}: a new task has the empty value without it`, async () => {
    const { store } = await begin()
    if (field === 'title') return // the one field that a task must have
    assert.deepEqual(store.task(store.create({ title: 'new' }))[field], spec.empty)
  })

  test(`${field}: changed, and rebased over a change of ${another}`, async () => {
    const { server, store } = await begin('a')
    store.patch(1, { [field]: one })
    await settle()
    server.deliver()
    assert.deepEqual(server.tasks.get(1)[field], one)
    server.patch(other, 1, { [another]: foreign })
    store.patch(1, { [field]: two })
    assert.deepEqual(store.task(1)[field], two)
    server.deliver()
    assert.deepEqual(store.task(1)[field], two, 'the own value left the page')
    await settle()
    server.deliver()
    assert.deepEqual([server.tasks.get(1)[field], server.tasks.get(1)[another]], [two, foreign])
    assert.deepEqual([store.task(1)[field], store.task(1)[another]], [two, foreign])
    assert.deepEqual(store.conflicts, [])
  })

  test(`${field}: in conflict, resolved both ways`, async () => {
    for (const mine of [true, false]) {
      const { server, store } = await begin('a')
      server.patch(other, 1, { [field]: one })
      store.patch(1, { [field]: two })
      await settle()
      assert.deepEqual(
        store.conflicts.map((c) => [c.field, c.mine, c.theirs]),
        [[field, two, one]],
      )
      assert.deepEqual(store.task(1)[field], one)
      store.resolve(store.conflicts[0], mine)
      await settle()
      server.deliver()
      assert.deepEqual(server.tasks.get(1)[field], mine ? two : one)
      assert.deepEqual(store.conflicts, [])
    }
  })

  test(`${field}: changed and undone, and kept when a deletion is undone`, async () => {
    const { server, store, outcomes } = await begin('a')
    store.patch(1, { [field]: one })
    await settle()
    store.patch(1, { [field]: three })
    await settle()
    server.deliver()
    await store.undo(outcomes.at(-1).seqs)
    server.deliver()
    assert.deepEqual([server.tasks.get(1)[field], store.task(1)[field]], [one, one])
    store.remove(1)
    await settle()
    server.deliver()
    await store.undo(outcomes.at(-1).seqs)
    server.deliver()
    assert.deepEqual(store.task(1)[field], one)
  })
}

test('the store knows neither the framework nor the browser', async () => {
  const files = await inputs('../src/sync/store.ts')
  assert.ok(files.length > 5)
  for (const path of files) assert.match(path, /^src\/(sync\/\w+|task\/fields|api\/enums)\.ts$/)
})
