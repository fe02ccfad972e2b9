// The words of the app: one file per language. English is part of the first load, the others are loaded on demand.
import en from './en.json'

/** Entry is a text, or one for a count of 1 and one for every other count. */
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

/** preferredLanguage returns the language that the person chose before, or one that the browser asks for. */
export function preferredLanguage(): Language {
  for (const l of [localStorage.getItem('language'), ...navigator.languages]) {
    const short = l?.slice(0, 2).toLowerCase() ?? ''
    if (short in languages) return short as Language
  }
  return 'en'
}

/** t returns a text in the person's language. It fills {name} from values, and {n} also selects the plural. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill(words[key] ?? (en as Words)[key] ?? key, values)
}

/** fill inserts values into a text of any file of words. */
export function fill(entry: Entry, values: Record<string, string | number> = {}): string {
  if (typeof entry !== 'string') {
    const one = new Intl.PluralRules(language).select(Number(values.n)) === 'one'
    entry = one ? entry.one : entry.other
  }
  return entry.replace(/\{(\w+)\}/g, (_, name: string) => {
    const v = values[name]
    return typeof v === 'number' ? v.toLocaleString(language) : (v ?? '')
  })
}
