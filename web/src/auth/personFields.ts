// The fields of a form that creates an account.
import type { FormField } from '../ui/submission.svelte'
import { t } from '../i18n/i18n.svelte'

export function personFields(): FormField[] {
  return [
    { name: 'first_name', label: t('field.first_name'), autocomplete: 'given-name' },
    { name: 'last_name', label: t('field.last_name'), autocomplete: 'family-name' },
    { name: 'username', label: t('field.username'), autocomplete: 'username' },
    { name: 'email', label: t('field.email'), kind: 'email', autocomplete: 'email' },
    { name: 'password', label: t('field.password'), kind: 'password', autocomplete: 'new-password' },
  ]
}
