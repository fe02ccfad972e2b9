// What the store of tasks works with. Nothing here knows of a framework or a browser.

export type Status = 'todo' | 'in_progress' | 'done' | 'cancelled'
export const statuses: readonly Status[] = ['todo', 'in_progress', 'done', 'cancelled']

/** A task as the store keeps it; what else the server says of it is kept too. */
export interface Task {
  id: number
  title: string
  description: string
  status: Status
  assigned_to: number | null
  created_by: number
  version: number
  created_at: string
  updated_at: string
  rank?: string
}

/** The fields that people change. */
export interface Fields {
  title?: string
  description?: string
  status?: Status
  assigned_to?: number | null
}
export type Field = keyof Fields

/** A message of the feed. */
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

/** An answer to a request; status 0 is none: the server could not be reached. */
export interface Reply {
  status: number
  body?: unknown
  seq?: number // Event-Seq
  retryAfter?: number // seconds
  detail?: string
}

/** A connection to the feed. */
export interface Feed {
  send(message: unknown): void
  close(): void
}

/** The way to the server. */
export interface Transport {
  request(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  open(since: number | null, on: { message(m: Message): void; close(code: number): void }): Feed
}

/** The clock and the dice, so that tests have their own. */
export interface Clock {
  after(ms: number, fn: () => void): () => void
  random(): number
}

/** loading: the first look; live: up to date; behind: connected, catching up; offline: not connected; over: signed out or removed. */
export type State = 'loading' | 'live' | 'behind' | 'offline' | 'over'

/** The same field was changed by somebody else, while a change of one's own was on its way. */
export interface Conflict {
  task: number
  field: Field
  mine: unknown
  theirs: unknown
  actor: number | null
}

/** What happened to a change of one's own. */
export type Outcome =
  | { kind: 'done'; op: Op; seqs: number[] }
  | { kind: 'refused'; op: Op; reason: string; ids: number[] }
  | { kind: 'conflict'; conflict: Conflict }
  | { kind: 'undone'; changed: number; refused: { id: number; detail: string }[] }

/** A change of one's own that the server has not confirmed. */
export type Op = Create | Patch | Remove | Bulk
export interface Create {
  kind: 'create'
  key: string
  task: Task // with a negative id
  known?: number // the id it has on the server, once the log told
}
export interface Patch {
  kind: 'patch'
  id: number
  set: Fields
  base: Fields // what was there when the change was made
  between?: [number | null, number | null]
  rank?: string // where it stands until the server has said
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
  set: Fields | null // null: delete
  base: Map<number, Fields>
  done: Set<number>
}
