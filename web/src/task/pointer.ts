// The pointer on a card or row: a click opens it, a double click edits its title, Ctrl or Cmd and a click select it.
import type { Action } from 'svelte/action'

interface Handlers {
  open: () => void
  edit: () => void
  choose: (e: MouseEvent) => void
  /** Whether a click waits for a second one. It need not where the person may not edit. */
  waits: boolean
}

/** How long a click waits for a second one, in ms. */
const doubleClickWait = 200

export const pointer: Action<HTMLElement, Handlers> = (node, handlers) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const own = (e: Event) => (e.target as Element).closest('input, select, button, a, label, .pick') !== null

  function click(e: MouseEvent): void {
    if (own(e)) return
    if (e.ctrlKey || e.metaKey || e.shiftKey) return handlers.choose(e)
    if (e.detail > 1 || getSelection()?.type === 'Range') return
    clearTimeout(timer)
    // With a finger, titles are edited in the panel.
    if (handlers.waits && (e as PointerEvent).pointerType === 'mouse')
      timer = setTimeout(handlers.open, doubleClickWait)
    else handlers.open()
  }
  function doubleClick(e: MouseEvent): void {
    if (own(e)) return
    clearTimeout(timer)
    handlers.edit()
  }
  node.addEventListener('click', click)
  node.addEventListener('dblclick', doubleClick)
  return {
    update: (d) => (handlers = d),
    destroy() {
      clearTimeout(timer)
      node.removeEventListener('click', click)
      node.removeEventListener('dblclick', doubleClick)
    },
  }
}
