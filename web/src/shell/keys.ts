// The keys of the app, in one table: what the key map shows is what works.
import type { Key } from '../i18n/i18n.svelte'

export interface Shortcut {
  keys: string // as KeyboardEvent.key, several after one another with a space
  name: Key
  run?: () => void // none where the page itself acts on it
  /** What it is about: a page to go to, a task, a notification, or anything. */
  where: 'go' | 'task' | 'inbox' | 'everywhere'
}

const table = new Map<string, Shortcut>()

/** Makes keys do something as long as it is not taken back. */
export function bind(list: Shortcut[]): () => void {
  for (const s of list) table.set(s.keys, s)
  return () => {
    for (const s of list) if (table.get(s.keys) === s) table.delete(s.keys)
  }
}

export function bound(): Shortcut[] {
  return [...table.values()]
}

let before = ''
let beforeAt = 0

/** press acts on a key that was pressed nowhere in particular. */
export function press(e: KeyboardEvent): void {
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) return
  if (document.querySelector('dialog[open]')) return
  const two = before && e.timeStamp - beforeAt < 1200 ? `${before} ${e.key}` : ''
  const s = table.get(two) ?? table.get(e.key)
  before = e.key
  beforeAt = e.timeStamp
  if (!s?.run) return
  e.preventDefault()
  before = ''
  s.run()
}

/** typing says whether what is pressed there is text. */
export function typing(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit'].includes(target.type)
  return target instanceof HTMLElement && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName))
}
