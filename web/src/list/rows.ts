// The rows of a list: its tasks and, where it is sorted by status, a heading above those of each status.
import type { Status } from '../sync/status'
import type { Task } from '../sync/types'

export interface TaskRow {
  task: Task
  /** The place among the tasks, without headings. */
  index: number
}
export interface HeadingRow {
  status: Status
  count: number
}
export type Row = TaskRow | HeadingRow

/** rowsOf makes the rows of tasks that are sorted already. */
export function rowsOf(tasks: Task[], byStatus: boolean): Row[] {
  if (!byStatus) return tasks.map((task, index) => ({ task, index }))
  const out: Row[] = []
  let heading: HeadingRow | undefined
  tasks.forEach((task, index) => {
    if (task.status !== heading?.status) out.push((heading = { status: task.status, count: 0 }))
    heading.count++
    out.push({ task, index })
  })
  return out
}
