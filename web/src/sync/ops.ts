// What can be said of a change and of the fields that it is about, without a store.
import type { Field, Fields, Op, Reply, Task } from './types'

/** again says whether an answer is none about the change itself: it may be repeated. */
export function again(r: Reply): boolean {
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

export function set(f: Fields, field: Field, v: unknown): void {
  ;(f as Record<string, unknown>)[field] = v
}

export function differing(t: Task, wanted: Fields): Fields {
  const out: Fields = {}
  for (const f of Object.keys(wanted) as Field[]) if (wanted[f] !== undefined && wanted[f] !== t[f]) set(out, f, wanted[f])
  return out
}

export function valuesOf(t: Task, like: Fields): Fields {
  const out: Fields = {}
  for (const f of Object.keys(like) as Field[]) set(out, f, t[f])
  return out
}

export function includes(t: Task, wanted: Fields): boolean {
  return (Object.keys(wanted) as Field[]).every((f) => t[f] === wanted[f])
}
