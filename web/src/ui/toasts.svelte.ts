// Short messages at the edge of the page. They disappear after a while, but not while the pointer is over one.
export interface Toast {
  id: number
  text: string
  tone?: 'bad'
  action?: { label: string; run: () => void }
}

let last = 0
export const toasts = $state<Toast[]>([])
const timers = new Map<number, ReturnType<typeof setTimeout>>()

export function toast(m: Omit<Toast, 'id'>): void {
  const id = ++last
  toasts.push({ ...m, id })
  while (toasts.length > 3) dismiss(toasts[0]?.id ?? 0)
  resume(id)
}

export function dismiss(id: number): void {
  const i = toasts.findIndex((x) => x.id === id)
  if (i >= 0) toasts.splice(i, 1)
  pause(id)
}

export function pause(id: number): void {
  clearTimeout(timers.get(id))
  timers.delete(id)
}

export function resume(id: number): void {
  pause(id)
  timers.set(
    id,
    setTimeout(() => dismiss(id), 8000),
  )
}

/** runLast runs the action of the newest message that has one. */
export function runLast(): void {
  const m = toasts.findLast((x) => x.action)
  if (!m) return
  m.action?.run()
  dismiss(m.id)
}
