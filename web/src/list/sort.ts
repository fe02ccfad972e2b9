// The order of a list, as the query of its address: a column, with - before it for descending.
import { order } from '../sync/rank'
import { priorities } from '../sync/priority'
import { statuses } from '../sync/status'
import type { Task } from '../sync/types'
import { dueDay } from '../task/due'
import { columnNames, type Column } from './columns'

export interface Sort {
  column: Column
  down: boolean
}

export function readSort(q: URLSearchParams, otherwise: Sort): Sort {
  const s = q.get('sort') ?? ''
  const column = columnNames.find((c) => c === s.replace(/^-/, ''))
  return column ? { column, down: s.startsWith('-') } : otherwise
}

export function writeSort(s: Sort): string {
  return (s.down ? '-' : '') + s.column
}

/** comparer compares tasks by a column. Tasks that are equal in it keep the order of the board. */
export function comparer(
  s: Sort,
  language: string,
  nameOf: (member: number | null) => string,
): (a: Task, b: Task) => number {
  const words = new Intl.Collator(language, { numeric: true })
  const by: Record<Column, (a: Task, b: Task) => number> = {
    id: (a, b) => a.id - b.id,
    title: (a, b) => words.compare(a.title, b.title),
    status: (a, b) => statuses.indexOf(a.status) - statuses.indexOf(b.status),
    priority: (a, b) => priorities.indexOf(a.priority) - priorities.indexOf(b.priority),
    due: (a, b) => compare(dueKey(a, s.down), dueKey(b, s.down)),
    person: (a, b) =>
      Number(a.assigned_to === null) - Number(b.assigned_to === null) ||
      words.compare(nameOf(a.assigned_to), nameOf(b.assigned_to)),
    created: (a, b) => compare(a.created_at, b.created_at),
    updated: (a, b) => compare(a.updated_at, b.updated_at),
  }
  const first = by[s.column]
  return (a, b) => (s.down ? first(b, a) : first(a, b)) || order(a, b)
}

/** dueKey orders by the day and then the time. Tasks without a due date come last in both directions. */
function dueKey(t: Task, down: boolean): string {
  const day = dueDay(t)
  return day === null ? (down ? '' : '~') : day + (t.due_at ?? '')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
