// The words of the company and admin pages. Only these pages load them.
import en from './admin/en.json'
import { currentLanguage, fill, type Words } from './i18n.svelte'

export type AdminKey = keyof typeof en

const files = {
  en: () => Promise.resolve({ default: en as Words }),
  de: () => import('./admin/de.json') as Promise<{ default: Words }>,
  fr: () => import('./admin/fr.json') as Promise<{ default: Words }>,
}
let words = $state.raw<Words>(en)

$effect.root(() => {
  $effect(() => {
    const l = currentLanguage()
    void files[l]().then((f) => {
      if (l === currentLanguage()) words = f.default
    })
  })
})

/** w returns a text in the person's language, as t does for the app's own words. */
export function w(key: AdminKey, values: Record<string, string | number> = {}): string {
  return fill(words[key] ?? (en as Words)[key] ?? key, values)
}

type ValuesOf<G extends string> = AdminKey extends infer K ? (K extends `${G}.${infer V}` ? V : never) : never

/**
 * word returns the text of a value of the API, such as word('role', 'owner'). A value without a text does not compile.
 * At run time a newer server may send one, which is shown as it is.
 */
export function word<G extends string>(group: G, value: ValuesOf<G>): string {
  return anyWord(group, value)
}

/** anyWord is word for values that the API does not list, such as the fields in the changes of an event. */
export function anyWord(group: string, value: string): string {
  const key = `${group}.${value}`
  return fill(words[key] ?? (en as Words)[key] ?? value)
}
