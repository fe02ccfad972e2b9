// Where a card stands on the board: strings that are compared character by character. The server makes them; here one is made only
// for the moment until it has answered.
import type { Status, Task } from './types'

const low = 0x30
const high = 0x7a

/** between is a string that comes after a and before b; an empty a is the top, an empty b the bottom. */
export function between(a: string, b: string): string {
  let out = ''
  for (let i = 0; ; i++) {
    const x = i < a.length ? a.charCodeAt(i) : low
    const y = b !== '' && i < b.length ? b.charCodeAt(i) : high + 1
    if (y - x > 1) return out + String.fromCharCode((x + y) >> 1)
    out += String.fromCharCode(x)
    if (x < y) b = '' // out is before b already
  }
}

/** order sorts tasks as a column shows them: by rank, and those without one newest first. */
export function order(a: { rank?: string; id: number }, b: { rank?: string; id: number }): number {
  const x = a.rank ?? ''
  const y = b.rank ?? ''
  if (x !== y) return x < y ? -1 : 1
  return ageless(b.id) - ageless(a.id)
}

/** ageless makes a task that has no id yet newer than all that have. */
function ageless(id: number): number {
  return id < 0 ? Number.MAX_SAFE_INTEGER + id : id
}

/** columns sorts tasks into their columns, as the board shows them. */
export function columns(tasks: Iterable<Task>, keep: (t: Task) => boolean = () => true): Record<Status, Task[]> {
  const out: Record<Status, Task[]> = { todo: [], in_progress: [], done: [], cancelled: [] }
  for (const t of tasks) if (keep(t)) out[t.status].push(t)
  for (const list of Object.values(out)) list.sort(order)
  return out
}
