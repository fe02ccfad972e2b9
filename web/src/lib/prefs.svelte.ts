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
  toggleTheme(): void {
    chosen = prefs.theme === 'dark' ? 'light' : 'dark'
    localStorage.setItem('theme', chosen)
    apply()
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
