// The preferences of this device: light or dark, and whether single keys are shortcuts (WCAG 2.1.4).
export type Theme = 'light' | 'dark'

const system = matchMedia('(prefers-color-scheme: dark)')
let chosen = $state<Theme | null>(storedTheme())
let systemDark = $state(system.matches)
let shortcuts = $state(localStorage.getItem('shortcuts') !== 'off')

function storedTheme(): Theme | null {
  const v = localStorage.getItem('theme')
  return v === 'light' || v === 'dark' ? v : null
}

function apply(): void {
  document.documentElement.dataset.theme = prefs.theme
}

export const prefs = {
  get theme(): Theme {
    return chosen ?? (systemDark ? 'dark' : 'light')
  },
  /** The theme that the person chose. null follows the device. */
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
    return shortcuts
  },
  set shortcuts(on: boolean) {
    shortcuts = on
    localStorage.setItem('shortcuts', on ? 'on' : 'off')
  },
}

system.addEventListener('change', (e) => {
  systemDark = e.matches
  apply()
})
apply()
