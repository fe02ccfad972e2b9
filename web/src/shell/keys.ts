// The keyboard shortcuts of the app, in one table. The overview shows this table, so it is always right.
import type { Key } from '../i18n/i18n.svelte'

export interface Shortcut {
  keys: string // as in KeyboardEvent.key; a sequence has spaces between its keys
  name: Key
  run?: () => void // absent where the page handles the key itself
  /** The group in the overview. */
  where: 'go' | 'task' | 'inbox' | 'everywhere'
}

/** The longest pause between two keys of a sequence, in ms. */
const sequenceTimeout = 1200

const table = new Map<string, Shortcut>()

/** bind adds shortcuts and returns a function that removes them. */
export function bind(list: Shortcut[]): () => void {
  for (const s of list) table.set(s.keys, s)
  return () => {
    for (const s of list) if (table.get(s.keys) === s) table.delete(s.keys)
  }
}

export function shortcuts(): Shortcut[] {
  return [...table.values()]
}

let lastKey = ''
let lastAt = 0

/** press runs the shortcut of a key, unless the key belongs to a text field or a dialog. */
export function press(e: KeyboardEvent): void {
  if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || isTyping(e.target)) return
  if (document.querySelector('dialog[open]')) return
  const sequence = lastKey && e.timeStamp - lastAt < sequenceTimeout ? `${lastKey} ${e.key}` : ''
  const s = table.get(sequence) ?? table.get(e.key)
  lastKey = e.key
  lastAt = e.timeStamp
  if (!s?.run) return
  e.preventDefault()
  lastKey = ''
  s.run()
}

/** isTyping reports whether a key pressed at a target is text. */
function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit'].includes(target.type)
  return target instanceof HTMLElement && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName))
}
