// Selecting rows of a list: one at a time, a range from the last one, or all.
import { workspace } from '../shell/workspace.svelte'
import type { Task } from '../sync/types'

export class RangeSelection {
  /** The start of a range: the task that was selected last on its own. */
  private anchor = 0

  constructor(private readonly tasks: () => Task[]) {}

  /** toggle selects or deselects a task. With `range` it selects every task from the anchor to this one. */
  toggle(task: Task, range: boolean): void {
    const tasks = this.tasks()
    const a = tasks.findIndex((x) => x.id === this.anchor)
    const b = tasks.indexOf(task)
    if (!range || a < 0) {
      this.anchor = task.id
      return workspace.select(task.id)
    }
    for (const x of tasks.slice(Math.min(a, b), Math.max(a, b) + 1)) workspace.select(x.id, true)
  }

  all(on: boolean): void {
    for (const x of this.tasks()) workspace.select(x.id, on)
  }
}
