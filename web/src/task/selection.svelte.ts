// Where the person is: the task in the panel, the card or row in focus, and the title being edited.
import { here, setQuery } from '../shell/router.svelte'
import { workspace } from '../shell/workspace.svelte'

class Selection {
  /** The task with its title in an editor. 0 is none. */
  editing = $state(0)
  /** The task that the keys act on. 0 is none. */
  active = $state(0)

  /** The task in the panel. 0 is none. */
  get open(): number {
    const id = here.query.get('task') ?? ''
    return /^-?\d{1,15}$/.test(id) ? Number(id) : 0
  }
}

export const selection = new Selection()

/** openTask opens a task in the panel and puts it into the address. */
export function openTask(id: number, replace = selection.open !== 0): void {
  setQuery({ task: String(workspace.real(id)) }, replace)
}

export function closeTask(): void {
  setQuery({ task: null }, false)
}

/** elementOf returns the card or row of a task. */
export function elementOf(id: number): HTMLElement | null {
  return document.querySelector<HTMLElement>(`main [data-task="${id}"]`)
}
