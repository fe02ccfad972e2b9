// The keys that act on a task: the one in the panel while the focus is there, else the last card or row in focus.
import { selection, elementOf, openTask } from './selection.svelte'
import { bind, type Shortcut } from '../shell/keys'
import { session } from '../auth/session.svelte'
import { workspace } from '../shell/workspace.svelte'

interface Page {
  /** Moves the focus to the next card or row, sideways or down. */
  move: (side: number, down: number) => void
  create: () => void
  /** Whether the page has columns side by side. */
  sides?: boolean
}

/** bindTaskKeys binds the keys of a page of tasks and returns a function that unbinds them. */
export function bindTaskKeys(page: Page): () => void {
  const list: Shortcut[] = [
    { keys: 'j', name: 'key.down', where: 'task', run: () => page.move(0, 1) },
    { keys: 'k', name: 'key.up', where: 'task', run: () => page.move(0, -1) },
    { keys: 'Enter', name: 'key.open', where: 'task' },
    {
      keys: 'o',
      name: 'key.open',
      where: 'task',
      run: () => workspace.task(selection.active) && openTask(selection.active),
    },
  ]
  if (page.sides) {
    list.push(
      { keys: 'h', name: 'key.left', where: 'task', run: () => page.move(-1, 0) },
      { keys: 'l', name: 'key.right', where: 'task', run: () => page.move(1, 0) },
    )
  }
  if (session.writes) {
    list.push(
      { keys: 'n', name: 'key.create', where: 'everywhere', run: page.create },
      { keys: 'e', name: 'key.edit', where: 'task', run: edit },
      { keys: 'F2', name: 'key.edit', where: 'task' },
      { keys: 's', name: 'key.status', where: 'task', run: () => openSelect('s') },
      { keys: 'a', name: 'key.assign', where: 'task', run: () => openSelect('a') },
      { keys: 'p', name: 'key.priority', where: 'task', run: () => openSelect('p') },
      { keys: 'd', name: 'key.due', where: 'task', run: dueDate },
      {
        keys: 'x',
        name: 'key.select',
        where: 'task',
        run: () => workspace.task(selection.active) && workspace.select(selection.active),
      },
      { keys: 'Delete', name: 'key.delete', where: 'task' },
    )
    if (page.sides) list.push({ keys: 'Shift+Arrow', name: 'key.carry', where: 'task' })
    else list.push({ keys: 'Shift+Arrow', name: 'key.extend', where: 'task' })
  }
  return bind(list)
}

function taskElement(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>('[data-task]') ?? elementOf(selection.active)
}

function edit(): void {
  const field = taskElement()?.querySelector<HTMLElement>('[data-keys=e]')
  if (field) field.focus()
  else if (workspace.task(selection.active)) selection.editing = selection.active
}

/** dueDate moves to the due date in the panel, which it opens first. */
function dueDate(): void {
  if (!workspace.task(selection.active)) return
  if (selection.open === 0) openTask(selection.active)
  setTimeout(() => document.querySelector<HTMLElement>('aside [data-keys=d]')?.focus())
}

/** openSelect opens the native list of statuses or of persons. */
function openSelect(keys: 's' | 'a' | 'p'): void {
  const select = taskElement()?.querySelector<HTMLSelectElement>(`select[data-keys=${keys}]`)
  if (!select) return
  select.focus()
  setTimeout(() => select.showPicker?.()) // its options are made once it has the focus
}
