// Questions about a change that need no store.
import { namesOf, pick, same, setField, type Fields } from '../task/fields'
import type { Op, Reply, Task } from './types'

/** isRetryable reports whether an answer says nothing about the change itself, so that it may be sent again. */
export function isRetryable(r: Reply): boolean {
  return r.status === 0 || r.status === 429 || r.status >= 500
}

export function touches(op: Op, id: number): boolean {
  switch (op.kind) {
    case 'create':
      return op.task.id === id || op.known === id
    case 'bulk':
      return op.base.has(id)
    default:
      return op.id === id
  }
}

export function idsOf(op: Op): number[] {
  switch (op.kind) {
    case 'create':
      return op.known === undefined ? [op.task.id] : [op.task.id, op.known]
    case 'bulk':
      return op.ids
    default:
      return [op.id]
  }
}

/** differing returns the part of a change that a task does not have yet. */
export function differing(t: Task, wanted: Fields): Fields {
  const out: Fields = {}
  for (const f of namesOf(wanted)) if (wanted[f] !== undefined && !same(wanted[f], t[f])) setField(out, f, wanted[f])
  return out
}

/** current returns the values that a task has in the fields of a change. */
export function current(t: Task, change: Fields): Fields {
  return pick(t, namesOf(change))
}

export function includes(t: Task, wanted: Fields): boolean {
  return namesOf(wanted).every((f) => same(t[f], wanted[f]))
}
