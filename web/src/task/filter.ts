// Which tasks a page shows, as the query of its address says it, so that what one sees can be shared and loaded again.
import { statuses, type Fields, type Status, type Task } from '../sync/types'

/** nobody as a person: tasks that are assigned to no one. */
export const nobody = 0

export interface Filter {
  /** None is all of them. */
  statuses: readonly Status[]
  /** A member's id, or nobody; null is everybody. */
  person: number | null
  text: string
}

/** The names that a filter has in the query. */
export const filterKeys = { statuses: 'status', person: 'person', text: 'q' } as const

/** readFilter reads a query; what it does not understand filters nothing. */
export function readFilter(q: URLSearchParams): Filter {
  const wanted = (q.get(filterKeys.statuses) ?? '').split(',')
  const person = q.get(filterKeys.person) ?? ''
  return {
    statuses: statuses.filter((s) => wanted.includes(s)),
    person: person === 'none' ? nobody : /^[1-9]\d{0,15}$/.test(person) ? Number(person) : null,
    text: q.get(filterKeys.text) ?? '',
  }
}

/** writeFilter is what of a query says a filter; null takes a part out. */
export function writeFilter(f: Partial<Filter>): Record<string, string | null> {
  const q: Record<string, string | null> = {}
  if (f.statuses) q[filterKeys.statuses] = f.statuses.length < statuses.length ? f.statuses.join(',') : null
  if (f.person !== undefined) q[filterKeys.person] = f.person === nobody ? 'none' : (f.person?.toString() ?? null)
  if (f.text !== undefined) q[filterKeys.text] = f.text.trim() === '' ? null : f.text
  return q
}

export function filters(f: Filter): boolean {
  return f.statuses.length > 0 || f.person !== null || f.text.trim() !== ''
}

/** keeper gives what decides whether a filter keeps a task. */
export function keeper(f: Filter): (t: Task) => boolean {
  const words = fold(f.text).split(/\s+/).filter(Boolean)
  return (t) =>
    (f.statuses.length === 0 || f.statuses.includes(t.status)) &&
    (f.person === null || (t.assigned_to ?? nobody) === f.person) &&
    words.every((w) => folded(t).includes(w) || w === '#' + t.id)
}

/** fitting is what a new task must be so that a filter keeps it, as far as a filter says one thing. */
export function fitting(f: Filter): Fields {
  const fields: Fields = {}
  if (f.statuses.length === 1) fields.status = f.statuses[0]
  if (f.person !== null) fields.assigned_to = f.person === nobody ? null : f.person
  return fields
}

/** fold is text as searches compare it: without case, as the server does, and without accents, which many do not type. */
export function fold(s: string): string {
  return s.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase().toLowerCase().replaceAll('ς', 'σ')
}

// A task that changes is another object, so what was folded of one stays true.
const texts = new WeakMap<Task, string>()

function folded(t: Task): string {
  let s = texts.get(t)
  if (s === undefined) texts.set(t, (s = fold(t.title + '\n' + t.description)))
  return s
}
