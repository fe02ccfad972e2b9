import assert from 'node:assert/strict'
import { test } from 'node:test'
import { load } from './load.mjs'

const { browserZone } = await load('../src/i18n/zone.ts')

test('a zone that nothing can use is UTC', () => {
  for (const [reported, want] of [
    ['Europe/Berlin', 'Europe/Berlin'],
    ['UTC', 'UTC'],
    ['Etc/Unknown', 'UTC'],
    ['Mars/Olympus', 'UTC'],
    ['', 'UTC'],
    [undefined, browserZone()],
  ])
    assert.equal(browserZone(reported), want, String(reported))
})
