// The place of a card on the board: strings that are compared character by character. The server makes them. This file
// makes one only to show a move until the server has answered.
import { perStatus, type Status } from './status'
import type { Task } from './types'

const low = 0x30
const high = 0x7a

/** between returns a string that sorts after a and before b. An empty a is the top, an empty b the bottom. */
export function between(a: string, b: string): string {
  let out = ''
  for (let i = 0; ; i++) {
    const x = i < a.length ? a.charCodeAt(i) : low
    const y = b !== '' && i < b.length ? b.charCodeAt(i) : high + 1
    if (y - x > 1) return out + String.fromCharCode((x + y) >> 1)
    out += String.fromCharCode(x)
    if (x < y) b = '' // out sorts before b already
  }
}

/** order sorts tasks as a column shows them: by rank, and those without a rank newest first. */
export function order(a: { rank?: string; id: number }, b: { rank?: string; id: number }): number {
  const x = a.rank ?? ''
  const y = b.rank ?? ''
  if (x !== y) return x < y ? -1 : 1
  return age(b.id) - age(a.id)
}

/** age makes a task without an id newer than all that have one. */
function age(id: number): number {
  return id < 0 ? Number.MAX_SAFE_INTEGER + id : id
}

/** columns sorts tasks into the columns of the board. */
export function columns(tasks: Iterable<Task>): Record<Status, Task[]> {
  const out = perStatus<Task[]>(() => [])
  for (const t of tasks) out[t.status].push(t)
  for (const list of Object.values(out)) list.sort(order)
  return out
}
