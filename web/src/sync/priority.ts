// The priorities of a task, once for the whole app.
import { allOf } from '../api/enums'
import type { components } from '../api/schema'

export type Priority = components['schemas']['Task']['priority']

/** By rank, the least urgent first. */
export const priorities = allOf<Priority>({ none: true, low: true, medium: true, high: true, urgent: true })

/** The priority of a new task. */
export const noPriority: Priority = 'none'
