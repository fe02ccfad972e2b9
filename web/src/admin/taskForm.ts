// The form in which an operator edits a task. It follows the table of fields.
import { t } from '../i18n/i18n.svelte'
import type { Values } from '../task/fields'
import { fieldNames, fields, type Field, type Kind } from '../task/fields'
import { labelOf } from '../task/format'
import type { FormField } from '../ui/submission.svelte'

/** The control of each kind. A member is picked from a search, for which the page has a control of its own. */
const controls: Record<Exclude<Kind, 'member'>, NonNullable<FormField['kind']>> = {
  line: 'text',
  markdown: 'textarea',
  choice: 'select',
  date: 'date',
  instant: 'text', // RFC 3339, in any time zone
  number: 'number',
}

const inForm = (): Field[] => fieldNames.filter((f) => fields[f].kind !== 'member')

/** taskForm returns the controls for a task. */
export function taskForm(task: Values): FormField[] {
  return inForm().map((name) => {
    const { kind, options, empty } = fields[name]
    return {
      name,
      label: labelOf(name),
      kind: controls[kind as keyof typeof controls],
      optional: name !== 'title' && (empty === '' || empty === null),
      value: String(task[name] ?? ''),
      options: Object.entries(options ?? {}).map(([v, key]) => [v, t(key)]),
    }
  })
}

/** taskChange turns the content of the form into the body of a PATCH. */
export function taskChange(values: Record<string, string>): Record<string, unknown> {
  const change: Record<string, unknown> = {}
  for (const name of inForm()) {
    const { kind, empty } = fields[name]
    const text = values[name] ?? ''
    change[name] = text === '' ? empty : kind === 'number' ? Number(text) : text
  }
  return change
}
