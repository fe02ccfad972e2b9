// What the person likes on this device: light or dark, and whether single letters are shortcuts (WCAG 2.1.4).
export type Theme = 'light' | 'dark'

const system = matchMedia('(prefers-color-scheme: dark)')
let chosen = $state<Theme | null>(read())
let dark = $state(system.matches)
let letters = $state(localStorage.getItem('shortcuts') !== 'off')

function read(): Theme | null {
  const v = localStorage.getItem('theme')
  return v === 'light' || v === 'dark' ? v : null
}

function apply(): void {
  document.documentElement.dataset.theme = prefs.theme
}

export const prefs = {
  get theme(): Theme {
    return chosen ?? (dark ? 'dark' : 'light')
  },
  /** What the person has chosen; null follows the device. */
  get chosen(): Theme | null {
    return chosen
  },
  choose(theme: Theme | null): void {
    chosen = theme
    if (theme) localStorage.setItem('theme', theme)
    else localStorage.removeItem('theme')
    apply()
  },
  toggleTheme(): void {
    prefs.choose(prefs.theme === 'dark' ? 'light' : 'dark')
  },
  get shortcuts(): boolean {
    return letters
  },
  set shortcuts(on: boolean) {
    letters = on
    localStorage.setItem('shortcuts', on ? 'on' : 'off')
  },
}

system.addEventListener('change', (e) => {
  dark = e.matches
  apply()
})
apply()
