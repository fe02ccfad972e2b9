/** Gives an element the focus when it appears, wherever the focus was: the attribute autofocus does so only where nothing has it. */
export function focused(node: HTMLElement): void {
  node.focus()
  if (node instanceof HTMLInputElement) node.select()
}
