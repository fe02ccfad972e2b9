// A list of the server's, a part at a time: what is asked for follows from the address, so that it can be shared and gone back from.
import { untrack } from 'svelte'
import { Failure, get, type Page } from '../api/client'
import { reason } from '../api/reason'
import { here, setQuery, withQuery } from '../shell/router.svelte'

type Get = <T>(path: string) => Promise<T>

export class PagedList<T> {
  /** null: nothing has come yet. */
  rows = $state.raw<T[] | null>(null)
  count = $state(0)
  problem = $state('')
  busy = $state(false)
  /** Addresses of the parts beside this one; null where there is none. */
  next = $state<string | null>(null)
  previous = $state<string | null>(null)
  private turn = 0

  /** path gives what is asked for; null: nothing, for now. Made while a component is. */
  constructor(
    private readonly path: () => string | null,
    private readonly from: Get = get,
  ) {
    $effect(() => {
      const p = path()
      untrack(() => void this.load(p))
    })
  }

  again(): Promise<void> {
    return this.load(this.path())
  }

  private async load(path: string | null): Promise<void> {
    const turn = ++this.turn
    if (path === null) {
      this.rows = null
      return
    }
    this.busy = true
    try {
      const page = await this.from<Page<T>>(path)
      if (turn !== this.turn) return
      this.rows = page.results
      this.count = page.count
      this.next = beside(page.next)
      this.previous = beside(page.previous)
      this.problem = ''
    } catch (e) {
      const why = reason(e)
      if (turn !== this.turn) return
      // The last of a page is gone: the pages before it are there.
      if (e instanceof Failure && e.status === 404 && here.query.has('page')) setQuery({ page: null })
      this.rows ??= []
      this.problem = why
    } finally {
      if (turn === this.turn) this.busy = false
    }
  }
}

/** beside is the address here with the place in the list that a link of an answer has. */
function beside(link: string | null): string | null {
  if (!link) return null
  const q = new URL(link, location.href).searchParams
  return withQuery({ page: q.get('page') })
}

/** asked is a path with those values of the address that a list takes. */
export function asked(base: string, ...names: string[]): string {
  const q = new URLSearchParams()
  for (const name of [...names, 'page']) {
    const v = here.query.get(name)
    if (v) q.set(name, v)
  }
  const s = q.toString()
  return s ? `${base}?${s}` : base
}

/** choose sets filters in the address, from the first page on. */
export function choose(changes: Record<string, string | null>): void {
  setQuery({ ...changes, page: null })
}
