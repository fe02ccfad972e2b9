// What a pointer does with a card or row: a click opens it, a double click edits its title, Ctrl or Cmd chooses it.
import type { Action } from 'svelte/action'

interface Does {
  open: () => void
  edit: () => void
  choose: (e: MouseEvent) => void
  /** Whether a click waits for a second one: not where nobody can edit. */
  waits: boolean
}

/** How long a click waits for a second one, in milliseconds. */
const second = 200

export const pointer: Action<HTMLElement, Does> = (node, does) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const own = (e: Event) => (e.target as Element).closest('input, select, button, a, label, .pick') !== null

  function click(e: MouseEvent): void {
    if (own(e)) return
    if (e.ctrlKey || e.metaKey || e.shiftKey) return does.choose(e)
    if (e.detail > 1 || getSelection()?.type === 'Range') return
    clearTimeout(timer)
    // A finger edits in the panel.
    if (does.waits && (e as PointerEvent).pointerType === 'mouse') timer = setTimeout(does.open, second)
    else does.open()
  }
  function twice(e: MouseEvent): void {
    if (own(e)) return
    clearTimeout(timer)
    does.edit()
  }
  node.addEventListener('click', click)
  node.addEventListener('dblclick', twice)
  return {
    update: (d) => (does = d),
    destroy() {
      clearTimeout(timer)
      node.removeEventListener('click', click)
      node.removeEventListener('dblclick', twice)
    },
  }
}
