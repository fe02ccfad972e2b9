// Times, days, durations and shares in the person's language.
import { currentLanguage, type Language } from './i18n.svelte'

// A formatter costs far more to make than to use, and a table uses several for each row that comes into view.
const formatters = new Map<string, unknown>()

/** formatter returns the formatter of a name in the person's language and makes it only once. */
function formatter<F>(name: string, make: (language: Language) => F): F {
  const key = currentLanguage() + ' ' + name
  let f = formatters.get(key) as F | undefined
  if (f === undefined) formatters.set(key, (f = make(currentLanguage())))
  return f
}

/** ago says how long ago a time was. After 30 days it gives the date. */
export function ago(time: string, now = Date.now()): string {
  const s = Math.round((new Date(time).getTime() - now) / 1000)
  const f = formatter('ago', (l) => new Intl.RelativeTimeFormat(l, { numeric: 'auto', style: 'short' }))
  const a = Math.abs(s)
  if (a < 45) return f.format(0, 'second')
  if (a < 3600) return f.format(Math.round(s / 60), 'minute')
  if (a < 86_400) return f.format(Math.round(s / 3600), 'hour')
  if (a < 30 * 86_400) return f.format(Math.round(s / 86_400), 'day')
  return date(time)
}

export function date(time: string): string {
  return formatter('date', (l) => new Intl.DateTimeFormat(l, { dateStyle: 'medium' })).format(new Date(time))
}

export function dateTime(time: string): string {
  const make = (l: Language) => new Intl.DateTimeFormat(l, { dateStyle: 'medium', timeStyle: 'short' })
  return formatter('dateTime', make).format(new Date(time))
}

// Days as the API writes them, such as 2026-03-14. They have no time zone.

export function day(d: string): string {
  return formatDay(d, 'day', { dateStyle: 'medium' })
}
export function dayOfMonth(d: string): string {
  return formatDay(d, 'dayOfMonth', { day: 'numeric', month: 'short' })
}
export function weekday(d: string): string {
  return formatDay(d, 'weekday', { weekday: 'short', day: 'numeric', month: 'short' })
}
function formatDay(d: string, name: string, options: Intl.DateTimeFormatOptions): string {
  const make = (l: Language) => new Intl.DateTimeFormat(l, { ...options, timeZone: 'UTC' })
  return d && formatter(name, make).format(new Date(d))
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** duration says how long something took, in the largest unit that fits. */
export function duration(seconds: number): string {
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? units[3]
  const n = seconds / size
  return new Intl.NumberFormat(currentLanguage(), {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: n < 10 ? 1 : 0,
  }).format(n)
}

export function percent(n: number): string {
  return new Intl.NumberFormat(currentLanguage(), { style: 'percent', maximumFractionDigits: 1 }).format(n / 100)
}
