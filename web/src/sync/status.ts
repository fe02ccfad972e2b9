// The statuses of a task, once for the whole app.
import { allOf } from '../api/enums'
import type { components } from '../api/schema'

export type Status = components['schemas']['Task']['status']

/** In the order of the board's columns. */
export const statuses = allOf<Status>({ todo: true, in_progress: true, done: true, cancelled: true })

/** The status of a new task. */
export const firstStatus: Status = 'todo'

/** perStatus makes a record with one value for each status. */
export function perStatus<T>(make: (s: Status) => T): Record<Status, T> {
  return Object.fromEntries(statuses.map((s) => [s, make(s)])) as Record<Status, T>
}
