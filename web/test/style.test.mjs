// The style sheets use the scales of app.css: no size, radius, space or breakpoint of their own.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import { load } from './load.mjs'

const { statuses } = await load('../src/sync/status.ts')

const src = new URL('../src/', import.meta.url)
const sheets = readdirSync(src, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith('.svelte') || name.endsWith('.css'))
  .map((name) => [name, readFileSync(new URL(name, src), 'utf8')])
  .map(([name, text]) => [name, name.endsWith('.css') ? text : (/<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '')])

/** off lists the declarations of a property that use a length instead of a token. 0 and 1px are allowed. */
const off = (property, but = /$^/) =>
  sheets.flatMap(([name, css]) =>
    [...css.matchAll(new RegExp(`(?<![\\w-])(?:${property}): ([^;]+);`, 'g'))]
      .filter(([, value]) => !but.test(value) && /(?<![\w.-])(?!1px)\d+(?:\.\d+)?(?:px|r?em)/.test(value))
      .map(([declaration]) => `${name}: ${declaration}`),
  )

test('text sizes', () => assert.deepEqual(off('font(?:-size)?', /var\(--size\)/), []))
test('radii', () => assert.deepEqual(off('border-radius'), []))
test('spaces', () =>
  assert.deepEqual(off('(?:(?:row|column)-)?gap|(?:padding|margin)(?:-(?:top|bottom|left|right))?'), []))
test('breakpoints', () => {
  const used = sheets.flatMap(([name, css]) =>
    [...css.matchAll(/@media[^{]*width[^{]*/g)].map(([m]) => name + ': ' + m),
  )
  assert.deepEqual(used, [])
})
test('a colour for each status, in light and dark', () => {
  const css = sheets.find(([name]) => name === 'app.css')[1]
  for (const s of statuses) {
    assert.equal(css.split(`--status-${s}: #`).length - 1, 2, s)
    assert.ok(css.includes(`.status-${s} {`), s)
  }
})
