// The columns of a list of tasks, with the key of each one's words.
import type { Key } from '../i18n/i18n.svelte'

const columns = {
  id: 'field.id',
  title: 'field.title',
  status: 'field.status',
  priority: 'field.priority',
  due: 'field.due_date',
  person: 'field.assigned_to',
  created: 'field.created',
  updated: 'field.updated',
} as const satisfies Record<string, Key>

export type Column = keyof typeof columns

/** All columns in their order. A list is sortable by each. */
export const columnNames = Object.keys(columns) as readonly Column[]

export const columnWords: Record<Column, Key> = columns

/** The columns that fit on a phone. */
const onPhone: readonly Column[] = ['title', 'status', 'person']

/** columnsFor returns the columns to show. A list of one person's tasks needs no column of persons. */
export function columnsFor(narrow: boolean, own: boolean): Column[] {
  return columnNames.filter((c) => !(own && c === 'person') && (!narrow || onPhone.includes(c)))
}
