// A paginated list of the server. Its filter and page are in the address, for sharing and for the back button.
import { untrack } from 'svelte'
import { Failure, get, type Page } from '../api/client'
import { reason } from '../api/reason'
import { here, setQuery, withQuery } from '../shell/router.svelte'

type Get = <T>(path: string) => Promise<T>

export class PagedList<T> {
  /** null until the first page has arrived. */
  rows = $state.raw<T[] | null>(null)
  count = $state(0)
  problem = $state('')
  busy = $state(false)
  /** The addresses of the neighbouring pages, null at an end. */
  next = $state<string | null>(null)
  previous = $state<string | null>(null)
  private generation = 0

  /** path returns the path to read, or null for none. The list must be made while a component is being made. */
  constructor(
    private readonly path: () => string | null,
    private readonly from: Get = get,
  ) {
    $effect(() => {
      const p = path()
      untrack(() => void this.load(p))
    })
  }

  reload(): Promise<void> {
    return this.load(this.path())
  }

  private async load(path: string | null): Promise<void> {
    const mine = ++this.generation
    if (path === null) {
      this.rows = null
      return
    }
    this.busy = true
    try {
      const page = await this.from<Page<T>>(path)
      if (mine !== this.generation) return
      this.rows = page.results
      this.count = page.count
      this.next = pageAddress(page.next)
      this.previous = pageAddress(page.previous)
      this.problem = ''
    } catch (e) {
      const why = reason(e)
      if (mine !== this.generation) return
      // The last row of a page is gone, and with it the page. Earlier pages exist.
      if (e instanceof Failure && e.status === 404 && here.query.has('page')) setQuery({ page: null })
      this.rows ??= []
      this.problem = why
    } finally {
      if (mine === this.generation) this.busy = false
    }
  }
}

/** pageAddress turns a link of an answer into the address of that page here. */
function pageAddress(link: string | null): string | null {
  if (!link) return null
  const q = new URL(link, location.href).searchParams
  return withQuery({ page: q.get('page') })
}

/** listPath adds to a path those values of the address that the list understands. */
export function listPath(base: string, ...names: string[]): string {
  const q = new URLSearchParams()
  for (const name of [...names, 'page']) {
    const v = here.query.get(name)
    if (v) q.set(name, v)
  }
  const s = q.toString()
  return s ? `${base}?${s}` : base
}

/** setFilter sets filters in the address and returns to the first page. */
export function setFilter(changes: Record<string, string | null>): void {
  setQuery({ ...changes, page: null })
}
