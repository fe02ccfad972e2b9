// The keys that do something to a task: the one in the panel while the focus is there, else the card or row that had it last.
import { selection, elementOf, openTask } from './selection.svelte'
import { bind, type Shortcut } from '../shell/keys'
import { session } from '../auth/session.svelte'
import { workspace } from '../shell/workspace.svelte'

interface Page {
  /** Goes to the next card or row, to a side or down. */
  move: (side: number, down: number) => void
  create: () => void
  /** Whether there is anything to the sides. */
  sides?: boolean
}

/** Binds the keys of a page that shows tasks, as long as it is not taken back. */
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
      { keys: 's', name: 'key.status', where: 'task', run: () => choose('s') },
      { keys: 'a', name: 'key.assign', where: 'task', run: () => choose('a') },
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

function place(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>('[data-task]') ?? elementOf(selection.active)
}

function edit(): void {
  const field = place()?.querySelector<HTMLElement>('[data-keys=e]')
  if (field) field.focus()
  else if (workspace.task(selection.active)) selection.editing = selection.active
}

/** Opens the native list of a status or of persons. */
function choose(keys: 's' | 'a'): void {
  const select = place()?.querySelector<HTMLSelectElement>(`select[data-keys=${keys}]`)
  if (!select) return
  select.focus()
  setTimeout(() => select.showPicker?.()) // its options are made once it has the focus
}
