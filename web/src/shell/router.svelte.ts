// The current address: its path, its query, and the route that it matches.
import { match, type Match } from '../routes'

let path = $state(location.pathname)
let query = $state.raw(new URLSearchParams(location.search))

function read(): void {
  path = location.pathname
  query = new URLSearchParams(location.search)
}
addEventListener('popstate', read)

export const here = {
  get path(): string {
    return path
  },
  get query(): URLSearchParams {
    return query
  },
  get match(): Match {
    return match(path)
  },
}

/** go navigates to an address of the app. */
export function go(to: string, replace = false): void {
  if (to === location.pathname + location.search) return
  history[replace ? 'replaceState' : 'pushState']({}, '', to)
  read()
}

/** withQuery returns the current address with other values in its query. null removes one. */
export function withQuery(changes: Record<string, string | null>): string {
  const q = new URLSearchParams(location.search)
  for (const [k, v] of Object.entries(changes)) {
    if (v === null || v === '') q.delete(k)
    else q.set(k, v)
  }
  const s = q.toString()
  return location.pathname + (s ? '?' + s : '')
}

export function setQuery(changes: Record<string, string | null>, replace = true): void {
  go(withQuery(changes), replace)
}

/** followLinks lets links of the app change the page without a load, unless the person wants another tab. */
export function followLinks(e: MouseEvent): void {
  const a = (e.target as Element | null)?.closest?.('a')
  if (!a || e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return
  if (a.hash && a.pathname !== location.pathname) return // the page behind it reads the fragment when it loads
  if (a.target || a.hasAttribute('download') || a.origin !== location.origin || a.pathname.startsWith('/api/')) return
  e.preventDefault()
  go(a.pathname + a.search)
}
