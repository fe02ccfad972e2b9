// Counts the JavaScript of a member's first page: what index.html and the board import, each file once, gzipped.
// node scripts/size.mjs LIMIT exits with 1 above the limit, in bytes.
import { readFileSync, readdirSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const limit = Number(process.argv[2])
const dist = new URL('../dist/', import.meta.url)
const assets = readdirSync(new URL('assets/', dist))
const read = (name) => readFileSync(new URL('assets/' + name, dist))
const todo = [
  /assets\/([^"]+\.js)"/.exec(readFileSync(new URL('index.html', dist), 'utf8'))[1],
  assets.find((n) => /^BoardPage-.*\.js$/.test(n)),
]
const seen = new Set()
let bytes = 0
while (todo.length > 0) {
  const name = todo.pop()
  if (seen.has(name)) continue
  seen.add(name)
  bytes += gzipSync(read(name), { level: 9 }).length
  for (const [, other] of read(name)
    .toString()
    .matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g))
    todo.push(other)
}
console.log(`${bytes} bytes in ${seen.size} files, at most ${limit}`)
if (!(bytes > 1000 && bytes <= limit)) process.exit(1)
