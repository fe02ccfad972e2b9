// The keys of a row of the list: those of a grid (WAI-ARIA), and those that change a task.
import { session } from '../auth/session.svelte'
import { workspace } from '../shell/workspace.svelte'
import type { Task } from '../sync/types'
import { openTask, selection } from '../task/selection.svelte'
import type { RangeSelection } from './rangeSelection'

export interface Grid {
  tasks: Task[]
  range: RangeSelection
  /** How many rows Page Up and Page Down move. */
  page: number
  focus: (task: Task | undefined) => void
  step: (by: number) => void
}

/** pressRowKey acts on a key that was pressed on the row of a task. */
export function pressRowKey(e: KeyboardEvent, task: Task, index: number, grid: Grid): void {
  if (e.target !== e.currentTarget || e.altKey) return
  if (moved(e, task, index, grid) || (session.writes && changed(e, task, index, grid))) e.preventDefault()
}

function moved(e: KeyboardEvent, task: Task, index: number, { tasks, page, range, focus, step }: Grid): boolean {
  if (e.ctrlKey || e.metaKey) return false
  const clamp = (i: number) => tasks[Math.max(0, Math.min(tasks.length - 1, i))]
  const by = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0
  if (by !== 0) {
    const next = tasks[index + by]
    if (e.shiftKey && session.writes && next) {
      if (!workspace.selected.has(task.id)) range.toggle(task, false)
      range.toggle(next, true)
    }
    step(by)
  } else if (e.key === 'Home') focus(tasks[0])
  else if (e.key === 'End') focus(tasks.at(-1))
  else if (e.key === 'PageDown') focus(clamp(index + page))
  else if (e.key === 'PageUp') focus(clamp(index - page))
  else if (e.key === 'Enter') openTask(task.id)
  else return false
  return true
}

function changed(e: KeyboardEvent, task: Task, index: number, { tasks, range, focus }: Grid): boolean {
  if (e.ctrlKey || e.metaKey) {
    if (e.key !== 'a') return false
    range.all(true)
  } else if (e.key === ' ') range.toggle(task, e.shiftKey)
  else if (e.key === 'F2') selection.editing = task.id
  else if (e.key === 'Delete') {
    const next = tasks[index + 1] ?? tasks[index - 1]
    workspace.remove(task.id)
    focus(next)
  } else return false
  return true
}
