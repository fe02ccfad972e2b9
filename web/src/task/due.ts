// Days of tasks, by the clock of this device. A task with a time is due then, wherever the reader is.
import { get } from '../api/client'
import type { components } from '../api/schema'
import { allOf } from '../api/enums'
import type { Key } from '../i18n/i18n.svelte'

type Schemas = components['schemas']
type Dated = Pick<Schemas['Task'], 'due_date' | 'due_at' | 'status'>

/** The groups of a list by due date, in their order. later: after this week. */
export type Due = 'overdue' | 'today' | 'week' | 'later' | 'none'
export const dues = allOf<Due>({ overdue: true, today: true, week: true, later: true, none: true })

export const dueWords: Record<Due, Key> = {
  overdue: 'due.overdue',
  today: 'due.today',
  week: 'due.week',
  later: 'due.later',
  none: 'due.none',
}

/** dayOf returns the date that this device shows at an instant. */
export function dayOf(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

/** dueDay returns the day on which a task is due for the reader, or null. */
export function dueDay(task: Dated): string | null {
  return task.due_at ? dayOf(new Date(task.due_at)) : task.due_date
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
let firstDay = 1

/** loadWeek reads the day on which the company's weeks begin. Without an answer it stays Monday. */
export async function loadWeek(): Promise<void> {
  const company = await get<Schemas['CompanyDetail']>('/api/auth/company/').catch(() => null)
  if (company) setWeekStart(company.week_start)
}

export function setWeekStart(day: string): void {
  firstDay = Math.max(0, weekdays.indexOf(day))
}

/** weekOf returns the first and the last day of the week of a time. */
export function weekOf(now: Date): [string, string] {
  const day = (n: number) => dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() + n, 12))
  const back = (now.getDay() - firstDay + 7) % 7
  return [day(-back), day(6 - back)]
}

/** isOverdue reports whether an open task is late. */
export function isOverdue(task: Dated, now = new Date()): boolean {
  if (task.status === 'done' || task.status === 'cancelled') return false
  return task.due_at ? new Date(task.due_at) < now : task.due_date !== null && task.due_date < dayOf(now)
}

/** dueOf returns the group of a task. A past day of a closed task counts as later, because it needs no attention. */
export function dueOf(task: Dated, now = new Date()): Due {
  const day = dueDay(task)
  if (day === null) return 'none'
  if (isOverdue(task, now)) return 'overdue'
  const today = dayOf(now)
  if (day === today) return 'today'
  return day > today && day <= weekOf(now)[1] ? 'week' : 'later'
}

/** The filters by due date, as the API has them. today and week include what is overdue by an hour. */
export type DueFilter = Exclude<Due, 'later'>
export const dueFilters = allOf<DueFilter>({ overdue: true, today: true, week: true, none: true })

/** isDue reports whether a task passes a filter. */
export function isDue(task: Dated, filter: DueFilter, now = new Date()): boolean {
  const day = dueDay(task)
  if (filter === 'none') return day === null
  if (filter === 'overdue') return isOverdue(task, now)
  const [first, last] = filter === 'today' ? [dayOf(now), dayOf(now)] : weekOf(now)
  return day !== null && first <= day && day <= last
}
