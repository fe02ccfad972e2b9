// Every language has every text, with the same places to fill in: the app's own, and those of the pages that come later.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'

const places = (text) =>
  [...JSON.stringify(text).matchAll(/\{(\w+)\}/g)]
    .map((m) => m[1])
    .filter((n) => n !== 'n')
    .sort()
    .join()

for (const where of ['', 'admin/']) {
  const folder = new URL('../src/i18n/' + where, import.meta.url)
  const read = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
  const english = read('en.json')
  const names = readdirSync(folder).filter((n) => n.endsWith('.json') && n !== 'en.json')
  test(where + 'languages', () => assert.deepEqual(names.sort(), ['de.json', 'fr.json']))
  for (const name of names) {
    test(where + name, () => {
      const words = read(name)
      assert.deepEqual(Object.keys(words).sort(), Object.keys(english).sort())
      for (const [key, text] of Object.entries(english)) {
        assert.equal(typeof words[key], typeof text, key)
        assert.ok(words[key] !== '', key)
        const of = (t) => (typeof t === 'string' ? places(t) : places(t.other))
        assert.equal(of(words[key]), of(text), key)
      }
    })
  }
}
