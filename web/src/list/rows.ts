// The rows of a list: its tasks and, where it is sorted by a column with few values, a heading above those of each value.
import { noPriority, type Priority } from '../sync/priority'
import type { Status } from '../sync/status'
import type { Task } from '../sync/types'
import { dueOf, type Due } from '../task/due'
import type { Column } from './columns'

export interface TaskRow {
  task: Task
  /** The place among the tasks, without headings. */
  index: number
}

/** Group names the tasks below a heading: those of one value. */
export type Group =
  { column: 'status'; value: Status } | { column: 'priority'; value: Priority } | { column: 'due'; value: Due }

export interface HeadingRow {
  group: Group
  count: number
}
export type Row = TaskRow | HeadingRow

/** groupOf returns the group of a task in a list that is sorted by a column, or null if it has no groups. */
function groupOf(task: Task, by: Column, now: Date): Group | null {
  if (by === 'status') return { column: by, value: task.status }
  if (by === 'priority') return { column: by, value: task.priority }
  if (by === 'due') return { column: by, value: dueOf(task, now) }
  return null
}

/** rowsOf makes the rows of tasks that are sorted already. A list without any due date or priority has no headings. */
export function rowsOf(tasks: Task[], by: Column): Row[] {
  const now = new Date()
  const used =
    by === 'status' ||
    (by === 'priority' && tasks.some((t) => t.priority !== noPriority)) ||
    (by === 'due' && tasks.some((t) => t.due_date !== null))
  const out: Row[] = []
  let heading: HeadingRow | undefined
  tasks.forEach((task, index) => {
    const group = used ? groupOf(task, by, now) : null
    if (group && group.value !== heading?.group.value) out.push((heading = { group, count: 0 }))
    if (heading) heading.count++
    out.push({ task, index })
  })
  return out
}
