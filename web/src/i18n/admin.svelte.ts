// The words of the pages of those who look after companies. They come with these pages: nobody else loads them.
import en from './admin/en.json'
import { currentLanguage, say, type Words } from './i18n.svelte'

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

/** w is a text in the language of the person, as t of i18n is. */
export function w(key: AdminKey, values: Record<string, string | number> = {}): string {
  return say(words[key] ?? (en as Words)[key] ?? key, values)
}

/** word is the text of a value that the server names, or the value where there is no word for it. */
export function word(group: string, value: string): string {
  return say(words[`${group}.${value}`] ?? (en as Words)[`${group}.${value}`] ?? value)
}
