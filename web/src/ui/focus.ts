/** focused gives an element the focus when it appears. The autofocus attribute works only while nothing has the focus. */
export function focused(node: HTMLElement): void {
  node.focus()
  if (node instanceof HTMLInputElement) node.select()
}
