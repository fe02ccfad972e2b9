// The filter of a page of tasks, as the query of its address. A filtered page can therefore be shared and reloaded.
import { priorities, type Priority } from '../sync/priority'
import { statuses, type Status } from '../sync/status'
import type { Task } from '../sync/types'
import { dayOf, dueFilters, isDue, type DueFilter } from './due'
import type { Fields } from './fields'

/** The id that stands for no assignee, in the filter and in lists to choose from. */
export const unassigned = 0

export interface Filter {
  /** Empty means all. */
  statuses: readonly Status[]
  /** A member's id or `unassigned`. null means anyone. */
  person: number | null
  text: string
  /** Empty means all. */
  priorities: readonly Priority[]
  /** null means any due date. */
  due: DueFilter | null
}

/** The filter that all tasks pass. */
export const noFilter: Filter = { statuses: [], person: null, text: '', priorities: [], due: null }

/** The names of the filter's parts in the query. */
export const filterKeys = {
  statuses: 'status',
  person: 'person',
  text: 'q',
  priorities: 'priority',
  due: 'due',
} as const

/** readFilter reads a query and ignores values that it does not know. */
export function readFilter(q: URLSearchParams): Filter {
  const wanted = (q.get(filterKeys.statuses) ?? '').split(',')
  const person = q.get(filterKeys.person) ?? ''
  return {
    statuses: statuses.filter((s) => wanted.includes(s)),
    person: person === 'none' ? unassigned : /^[1-9]\d{0,15}$/.test(person) ? Number(person) : null,
    text: q.get(filterKeys.text) ?? '',
    priorities: priorities.filter((p) => (q.get(filterKeys.priorities) ?? '').split(',').includes(p)),
    due: dueFilters.find((d) => d === q.get(filterKeys.due)) ?? null,
  }
}

/** writeFilter returns the query of a filter. null removes a part. */
export function writeFilter(f: Partial<Filter>): Record<string, string | null> {
  const q: Record<string, string | null> = {}
  if (f.statuses) q[filterKeys.statuses] = f.statuses.length < statuses.length ? f.statuses.join(',') : null
  if (f.person !== undefined) q[filterKeys.person] = f.person === unassigned ? 'none' : (f.person?.toString() ?? null)
  if (f.text !== undefined) q[filterKeys.text] = f.text.trim() === '' ? null : f.text
  if (f.priorities) q[filterKeys.priorities] = f.priorities.length > 0 ? f.priorities.join(',') : null
  if (f.due !== undefined) q[filterKeys.due] = f.due
  return q
}

export function isFiltered(f: Filter): boolean {
  if (f.priorities.length > 0 || f.due !== null) return true
  return f.statuses.length > 0 || f.person !== null || f.text.trim() !== ''
}

/** matcher returns a function that reports whether a task passes the filter. */
export function matcher(f: Filter): (t: Task) => boolean {
  const words = fold(f.text).split(/\s+/).filter(Boolean)
  const now = new Date()
  return (t) =>
    (f.priorities.length === 0 || f.priorities.includes(t.priority)) &&
    (f.due === null || isDue(t, f.due, now)) &&
    (f.statuses.length === 0 || f.statuses.includes(t.status)) &&
    (f.person === null || (t.assigned_to ?? unassigned) === f.person) &&
    words.every((w) => foldedText(t).includes(w) || w === '#' + t.id)
}

/** valuesToMatch returns the values of a new task that the filter would show, as far as the filter names one value. */
export function valuesToMatch(f: Filter): Fields {
  const set: Fields = {}
  if (f.statuses.length === 1) set.status = f.statuses[0]
  if (f.person !== null) set.assigned_to = f.person === unassigned ? null : f.person
  if (f.priorities.length === 1) set.priority = f.priorities[0]
  if (f.due === 'today') set.due_date = dayOf(new Date())
  return set
}

/** fold prepares text for comparison: without case, as the server does, and without accents, which many do not type. */
export function fold(s: string): string {
  return s.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase().toLowerCase().replaceAll('ς', 'σ')
}

// A changed task is a new object, so the folded text of an object never changes.
const foldedTexts = new WeakMap<Task, string>()

function foldedText(t: Task): string {
  let s = foldedTexts.get(t)
  if (s === undefined) foldedTexts.set(t, (s = fold(t.title + '\n' + t.description)))
  return s
}
