// Writes src/api/schema.d.ts from the OpenAPI document of a running server: node scripts/types.mjs http://127.0.0.1:8000
import { writeFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'

const url = process.argv[2]
const out = process.argv[3] ?? new URL('../src/api/schema.d.ts', import.meta.url)
if (!url) throw new Error('usage: node scripts/types.mjs http://127.0.0.1:8000 [file]')
const document = await (await fetch(url + '/api/schema/')).json()
document.info.version = '' // the types do not depend on the build of the server
const head = '// Made by scripts/types.mjs from the OpenAPI document. Do not edit.\n\n'
await writeFile(out, head + astToString(await openapiTS(document)))
