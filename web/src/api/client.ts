// The API as the app asks it: one function for every request, types from the OpenAPI document, failures as values of one class.
import type { components } from './schema'

type Schemas = components['schemas']
export type User = Schemas['User']
export type Task = Schemas['Task']
export type Company = Schemas['Company']
export type HistoryEntry = Schemas['HistoryEntry']
export type Presence = Schemas['Presence']
export type Notification = Schemas['Notification']
export type Preferences = Schemas['Preferences']
export type Report = Schemas['Report']
export interface Page<T> {
  count: number
  next: string | null
  previous: string | null
  results: T[]
}

/** What a server said no with, or that none answered (status 0). */
export class Failure extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors: Record<string, string[]> = {},
    readonly retryAfter = 0,
    readonly code = '',
  ) {
    super(message)
  }
  /** One sentence that names every wrong field. */
  get sentence(): string {
    const all = Object.values(this.errors).flat()
    return all.length ? all.join(' ') : this.message
  }
}

export interface Answer<T> {
  status: number
  body: T
  headers: Headers
}

let onSignedOut = () => {}

/** Called when a request finds that nobody is signed in any more. */
export function whenSignedOut(fn: () => void): void {
  onSignedOut = fn
}

/** ask sends a request and gives the answer of a 2xx or 304, or throws a Failure. */
export async function ask<T = unknown>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
  quiet = false,
): Promise<Answer<T>> {
  const h: Record<string, string> = { Accept: 'application/json', ...headers }
  if (body !== undefined) h['Content-Type'] = 'application/json'
  let r: Response
  try {
    r = await fetch(path, { method, headers: h, body: body === undefined ? undefined : JSON.stringify(body), credentials: 'same-origin' })
  } catch {
    throw new Failure(0, '')
  }
  const text = await r.text().catch(() => '')
  let json: unknown = undefined
  try {
    json = text ? JSON.parse(text) : undefined
  } catch {
    // an answer of something between here and the server
  }
  if (r.ok) return { status: r.status, body: json as T, headers: r.headers }
  const p = (json ?? {}) as { detail?: string; errors?: Record<string, string[]>; code?: string }
  if (r.status === 401 && !quiet) onSignedOut()
  throw new Failure(r.status, p.detail ?? r.statusText, p.errors, Number(r.headers.get('Retry-After')) || 0, p.code)
}

export async function get<T>(path: string): Promise<T> {
  return (await ask<T>('GET', path)).body
}

/** every goes through a whole list and gives each page to fn. */
export async function every<T>(path: string, fn: (results: T[], count: number) => void): Promise<void> {
  let next: string | null = `${path}${path.includes('?') ? '&' : '?'}page_size=100`
  while (next) {
    const page: Page<T> = await get(next)
    fn(page.results, page.count)
    next = page.next && local(page.next)
  }
}

/** local is an absolute URL of an answer as a path here: behind a proxy the app is at the address that the browser knows. */
export function local(url: string): string {
  const u = new URL(url, location.href)
  return u.pathname + u.search
}
