// The fields that people set on a task, in one table. Store, outbox, rebase, panel, history, conflicts, audit log and
// the operator's form follow from it: a new field of the API is one entry here and its words.
//
// The table imports neither the framework nor the browser, because the sync store reads it too.
import type { components } from '../api/schema'
import type { Key } from '../i18n/i18n.svelte'
import { noPriority, priorities } from '../sync/priority'
import { firstStatus, statuses } from '../sync/status'

type Schemas = components['schemas']

/** The names come from the OpenAPI document. `between` is a move on the board, not a field. */
export type Field = Exclude<keyof Schemas['ChangeTaskRequest'], 'between'>
/** Values holds a value for every field. */
export type Values = Pick<Schemas['Task'], Field>
/** Fields holds some of them: a change, or the values before it. */
export type Fields = Partial<Values>

/**
 * The kinds of value, each with the type that it has in JSON. Each kind has one editor (FieldEditor.svelte), one formatter
 * (format.ts) and one sample in the test that walks this table.
 */
export interface Kinds {
  line: string
  markdown: string
  choice: string
  member: number | null
  date: string | null
  instant: string | null
  number: number | null
}
export type Kind = keyof Kinds

interface Spec<V> {
  kind: { [K in Kind]: V extends Kinds[K] ? K : never }[Kind]
  /** The value of a new task that does not set the field. */
  empty: V
  /** Where the panel shows it: `own` fields have a place of their own, the others are rows in the order of this table. */
  panel: 'own' | 'row'
  /** The values of a choice, with the words of each. */
  options?: Record<V & string, Key>
}

const table = {
  title: { kind: 'line', empty: '', panel: 'own' },
  description: { kind: 'markdown', empty: '', panel: 'own' },
  status: { kind: 'choice', empty: firstStatus, panel: 'row', options: wordsOf(statuses, (s) => `status.${s}`) },
  assigned_to: { kind: 'member', empty: null, panel: 'row' },
  priority: {
    kind: 'choice',
    empty: noPriority,
    panel: 'row',
    options: wordsOf(priorities, (p) => `priority.${p}`),
  },
  start_date: { kind: 'date', empty: null, panel: 'row' },
  due_date: { kind: 'date', empty: null, panel: 'row' },
  due_at: { kind: 'instant', empty: null, panel: 'row' },
  estimate: { kind: 'number', empty: null, panel: 'row' },
} satisfies { [F in Field]: Spec<Values[F]> }

/** AnySpec is an entry of the table for code that treats all fields alike. */
export type AnySpec = Pick<Spec<unknown>, 'empty' | 'panel'> & { kind: Kind; options?: Record<string, Key> }

export const fields: Record<Field, AnySpec> = table
export const fieldNames = Object.keys(table) as readonly Field[]

export function isField(name: string): name is Field {
  return Object.hasOwn(table, name)
}

/** emptyValues returns the values of a new task that sets nothing. */
export function emptyValues(): Values {
  return Object.fromEntries(fieldNames.map((f) => [f, fields[f].empty])) as Values
}

/** valuesOf returns the fields of a task without its other properties from the server. */
export function valuesOf(task: Values): Values {
  return pick(task, fieldNames)
}

/** pick copies some fields of a task. */
export function pick<F extends Field>(task: Values, names: readonly F[]): Pick<Values, F> {
  return Object.fromEntries(names.map((f) => [f, task[f]])) as Pick<Values, F>
}

/** same compares two values of a field. Lists are equal when they hold the same items in the same order. */
export function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => same(x, b[i]))
  return a === b
}

/** namesOf lists the fields that a change sets. */
export function namesOf(change: Fields): Field[] {
  return Object.keys(change) as Field[]
}

/** setField writes a value whose type TypeScript cannot tie to the field's name. */
export function setField(change: Fields, field: Field, value: unknown): void {
  ;(change as Record<Field, unknown>)[field] = value
}

/** wordsOf makes the options of a choice from its values. A value without words does not compile. */
function wordsOf<V extends string>(values: readonly V[], key: (value: V) => Key): Record<V, Key> {
  return Object.fromEntries(values.map((v) => [v, key(v)])) as Record<V, Key>
}
