// The types of the task store. Nothing in this folder knows a framework or a browser.
import type { components } from '../api/schema'
import type { Field, Fields } from '../task/fields'

type Schemas = components['schemas']

/** Task is a task as the store keeps it. It also keeps unknown fields from the server. */
export type Task = Omit<Schemas['Task'], 'assigned_to_detail' | 'created_by_detail' | 'company' | 'rank'> & {
  rank?: string
}

/** Message is a message of the feed. */
export interface Message {
  type: string
  seq?: number
  actor?: number | null
  operator?: number | null
  at?: string
  message?: string
  changes?: Record<string, { old: unknown; new: unknown }>
  task?: Task
  user?: number
  online?: boolean
  tasks?: number[]
  reset?: boolean
}

/** Reply is the answer to a request. Status 0 means that the server could not be reached. */
export interface Reply {
  status: number
  body?: unknown
  seq?: number // Event-Seq
  retryAfter?: number // seconds
  detail?: string
}

/** Feed is a connection to the live feed. */
export interface Feed {
  send(message: unknown): void
  close(): void
}

/** Transport is the way to the server. */
export interface Transport {
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  open(since: number | null, on: { message(m: Message): void; close(code: number): void }): Feed
}

/** Clock gives time and chance, so that tests can control both. */
export interface Clock {
  after(ms: number, fn: () => void): () => void
  random(): number
}

/**
 * State of the store. loading: it reads the tasks for the first time; live: it is up to date; behind: it is connected and
 * catches up; offline: it is not connected; over: the session ended or the member was removed.
 */
export type State = 'loading' | 'live' | 'behind' | 'offline' | 'over'

/** Conflict reports that another person changed a field while an own change of it was pending. */
export interface Conflict {
  task: number
  field: Field
  mine: unknown
  theirs: unknown
  actor: number | null
}

/** Outcome reports the result of an own change. */
export type Outcome =
  | { kind: 'done'; op: Op; seqs: number[] }
  | { kind: 'refused'; op: Op; reason: string; ids: number[] }
  | { kind: 'conflict'; conflict: Conflict }
  | { kind: 'undone'; changed: number; refused: { id: number; detail: string }[] }

/** Op is an own change that the server has not confirmed. */
export type Op = Create | Patch | Remove | Bulk
export interface Create {
  kind: 'create'
  key: string
  task: Task // with a negative id
  known?: number // its id on the server, once the log has it
}
export interface Patch {
  kind: 'patch'
  id: number
  set: Fields
  base: Fields // the values that the change was made over
  between?: [number | null, number | null]
  rank?: string // a guess until the server answers
  seen?: boolean // the log has it
}
export interface Remove {
  kind: 'remove'
  id: number
  seen?: boolean
}
export interface Bulk {
  kind: 'bulk'
  ids: number[]
  set: Fields | null // null deletes
  base: Map<number, Fields>
  done: Set<number>
}
