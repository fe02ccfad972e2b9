// The fields of whoever makes an account.
import { t } from './i18n.svelte'

export function personFields() {
  return [
    { name: 'first_name', label: t('field.first_name'), autocomplete: 'given-name' as const },
    { name: 'last_name', label: t('field.last_name'), autocomplete: 'family-name' as const },
    { name: 'username', label: t('field.username'), autocomplete: 'username' as const },
    { name: 'email', label: t('field.email'), type: 'email', autocomplete: 'email' as const },
    { name: 'password', label: t('field.password'), type: 'password', autocomplete: 'new-password' as const },
  ]
}
