// The client of the API: one function for every request, types from the OpenAPI document, one class for failures.
import type { components } from './schema'

type Schemas = components['schemas']
export type User = Schemas['User']
export type Task = Schemas['Task']
export type Company = Schemas['Company']
export type HistoryEntry = Schemas['HistoryEntry']
export type Notification = Schemas['Notification']
export type Preferences = Schemas['Preferences']
export type Report = Schemas['Report']
export interface Page<T> {
  count: number
  next: string | null
  previous: string | null
  results: T[]
}

/** Failure is an answer that is not a success, or with status 0 that no server answered. */
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
  /** One text with the errors of all fields. */
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

/** Budget is what a company has a budget of, by its name in the API. */
export type Budget = keyof Schemas['Usage']

let budgetWords: (name: Budget) => string = (name) => name

/** whenBudgetReached sets the words for people about a budget of the company that is used up. */
export function whenBudgetReached(fn: (name: Budget) => string): void {
  budgetWords = fn
}

/** whenSignedOut sets what happens when a request finds that the session has ended. */
export function whenSignedOut(fn: () => void): void {
  onSignedOut = fn
}

/** ask sends a request. It returns an answer of 2xx or 304 and throws a Failure for every other. */
export async function ask<T = unknown>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
  quiet = false,
): Promise<Answer<T>> {
  const h: Record<string, string> = { Accept: 'application/json', ...headers }
  if (body !== undefined) h['Content-Type'] = 'application/json'
  const content = body === undefined ? undefined : JSON.stringify(body)
  let r: Response
  try {
    r = await fetch(path, { method, headers: h, body: content, credentials: 'same-origin' })
  } catch {
    throw new Failure(0, '')
  }
  const text = await r.text().catch(() => '')
  let json: unknown = undefined
  try {
    json = text ? JSON.parse(text) : undefined
  } catch {
    // The answer came from something between here and the server.
  }
  if (r.ok) return { status: r.status, body: json as T, headers: r.headers }
  const p = (json ?? {}) as { detail?: string; errors?: Record<string, string[]>; code?: string; budget?: Budget }
  if (r.status === 401 && !quiet) onSignedOut()
  const detail = p.budget ? budgetWords(p.budget) : (p.detail ?? r.statusText)
  throw new Failure(r.status, detail, p.errors, Number(r.headers.get('Retry-After')) || 0, p.code)
}

export async function get<T>(path: string): Promise<T> {
  return (await ask<T>('GET', path)).body
}

/** eachPage reads a whole list and calls fn with each page. */
export async function eachPage<T>(path: string, fn: (results: T[], count: number) => void): Promise<void> {
  let next: string | null = `${path}${path.includes('?') ? '&' : '?'}page_size=100`
  while (next) {
    const page: Page<T> = await get(next)
    fn(page.results, page.count)
    next = page.next && toLocalPath(page.next)
  }
}

/** toLocalPath drops the host of a URL from an answer. Behind a proxy only the browser knows the app's address. */
export function toLocalPath(url: string): string {
  const u = new URL(url, location.href)
  return u.pathname + u.search
}
