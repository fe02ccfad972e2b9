// The values of task fields in words: one formatter for each kind of value.
import { dateTime, day } from '../i18n/format'
import { currentLanguage, t } from '../i18n/i18n.svelte'
import { nameOf, people } from '../people/people.svelte'
import { fields, isField, type AnySpec, type Field, type Kind } from './fields'

const formatters: Record<Kind, (value: unknown, spec: AnySpec) => string> = {
  line: String,
  markdown: String,
  choice: (v, spec) => t(spec.options?.[String(v)] ?? 'field.none'),
  member: (v) => (v === null ? t('person.nobody') : nameOf(people.byId.get(Number(v))) || '#' + String(v)),
  date: (v) => (v ? day(String(v)) : t('field.none')),
  instant: (v) => (v ? dateTime(String(v)) : t('field.none')),
  number: (v) => (v === null ? t('field.none') : Number(v).toLocaleString(currentLanguage())),
}

/** formatValue returns the value of a field in words. */
export function formatValue(field: Field, value: unknown): string {
  return formatters[fields[field].kind](value, fields[field])
}

/** labelOf returns the name of a field. A field without words does not compile. */
export function labelOf(field: Field): string {
  return t(`field.${field}`)
}

/** describeChange describes the effect of a logged change on one field. A move on the board is logged as a change of rank. */
export function describeChange(name: string, change: { old: unknown; new: unknown }): string {
  if (name === 'rank') return t('history.moved')
  if (!isField(name)) return t('toast.changed')
  const field = labelOf(name)
  if (fields[name].kind === 'markdown') return t('history.rewritten', { field })
  return t('history.changed', { field, old: formatValue(name, change.old), new: formatValue(name, change.new) })
}
