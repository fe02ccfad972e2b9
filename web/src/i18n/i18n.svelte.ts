// The app's words: one file per language in i18n/, English in the first load and the others when they are asked for.
import en from './en.json'

export type Entry = string | { one: string; other: string }
export type Words = Record<string, Entry>
export type Key = keyof typeof en

export const languages = { en: 'English', de: 'Deutsch', fr: 'Français' } as const
export type Language = keyof typeof languages

const files: Record<Exclude<Language, 'en'>, () => Promise<{ default: Words }>> = {
  de: () => import('./de.json'),
  fr: () => import('./fr.json'),
}

let language = $state<Language>('en')
let words = $state.raw<Words>(en)

export function currentLanguage(): Language {
  return language
}

export async function setLanguage(l: Language, keep = true): Promise<void> {
  words = l === 'en' ? en : (await files[l]()).default
  language = l
  document.documentElement.lang = l
  if (keep) localStorage.setItem('language', l)
}

/** The language of the person, as chosen before or as the browser says. */
export function preferredLanguage(): Language {
  for (const l of [localStorage.getItem('language'), ...navigator.languages]) {
    const short = l?.slice(0, 2).toLowerCase() ?? ''
    if (short in languages) return short as Language
  }
  return 'en'
}

/** t is a text in the language of the person; {name} in it is filled from values, and {n} also chooses between one and many. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return say(words[key] ?? (en as Words)[key] ?? key, values)
}

/** say fills a text, wherever it comes from. */
export function say(entry: Entry, values: Record<string, string | number> = {}): string {
  if (typeof entry !== 'string') {
    const one = new Intl.PluralRules(language).select(Number(values.n)) === 'one'
    entry = one ? entry.one : entry.other
  }
  return entry.replace(/\{(\w+)\}/g, (_, name: string) => {
    const v = values[name]
    return typeof v === 'number' ? v.toLocaleString(language) : (v ?? '')
  })
}

// A formatter costs far more to make than to use, and a table uses some for each row that comes into sight.
const formatters = new Map<string, unknown>()

/** formatter is the one of a name in the language of the person, made once. */
function formatter<F>(name: string, make: (language: Language) => F): F {
  const key = language + ' ' + name
  let f = formatters.get(key) as F | undefined
  if (f === undefined) formatters.set(key, (f = make(language)))
  return f
}

/** How long ago, in words. */
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
export function moment(time: string): string {
  return formatter('moment', (l) => new Intl.DateTimeFormat(l, { dateStyle: 'medium', timeStyle: 'short' })).format(new Date(time))
}

/** A day as the API writes it, 2026-03-14, in short and with its weekday. */
export function dayOfMonth(day: string): string {
  return format(day, { day: 'numeric', month: 'short' })
}
export function longDay(day: string): string {
  return format(day, { weekday: 'short', day: 'numeric', month: 'short' })
}
function format(day: string, options: Intl.DateTimeFormatOptions): string {
  return day && new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' }).format(new Date(day))
}

/** How long something took, in the unit that fits. */
export function duration(seconds: number): string {
  const [unit, size] = seconds >= 86_400 ? ['day', 86_400] : seconds >= 3600 ? ['hour', 3600] : seconds >= 60 ? ['minute', 60] : ['second', 1]
  const n = seconds / Number(size)
  return new Intl.NumberFormat(language, { style: 'unit', unit: String(unit), unitDisplay: 'long', maximumFractionDigits: n < 10 ? 1 : 0 }).format(n)
}

export function percent(n: number): string {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(n / 100)
}
