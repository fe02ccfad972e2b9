// What the person has before them: the task in the panel, the one whose title is being typed, and what was chosen.
import { here, setQuery } from '../shell/router.svelte'
import { workspace } from '../shell/workspace.svelte'

class Selection {
  /** The task whose title is edited in place; 0 is none. */
  editing = $state(0)
  /** The card or row that the keys act on; 0 is none yet. */
  active = $state(0)

  /** The task that the panel shows; 0 is none. */
  get open(): number {
    const id = here.query.get('task') ?? ''
    return /^-?\d{1,15}$/.test(id) ? Number(id) : 0
  }
}

export const selection = new Selection()

/** Opens a task in the panel, at an address of its own. */
export function openTask(id: number, replace = selection.open !== 0): void {
  setQuery({ task: String(workspace.real(id)) }, replace)
}

export function closeTask(): void {
  setQuery({ task: null }, false)
}

/** Where a task stands on the page: its card or row. */
export function elementOf(id: number): HTMLElement | null {
  return document.querySelector<HTMLElement>(`main [data-task="${id}"]`)
}
