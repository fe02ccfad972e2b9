// The types that the app is checked against are those of the server: a kind, a status or a field that the API gains
// fails here until src/api/schema.d.ts is made again, and then does not compile until the app handles it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { serve } from './house.mjs'

const file = (path) => fileURLToPath(new URL('../../' + path, import.meta.url))
/** Descriptions are no types. */
const withoutComments = (text) => text.replace(/\/\*\*[\s\S]*?\*\/|^\/\/.*$/gm, '').replace(/\s+/g, ' ')

test('src/api/schema.d.ts has the types of the server', async () => {
  const house = await serve()
  const folder = mkdtempSync(join(tmpdir(), 'taskhouse-types-'))
  try {
    const made = join(folder, 'schema.d.ts')
    execFileSync(process.execPath, [file('scripts/types.mjs'), house.url, made])
    assert.equal(
      withoutComments(readFileSync(file('src/api/schema.d.ts'), 'utf8')),
      withoutComments(readFileSync(made, 'utf8')),
      'run node scripts/types.mjs URL in web, against a server of this version',
    )
  } finally {
    await house.stop()
    rmSync(folder, { recursive: true })
  }
})
