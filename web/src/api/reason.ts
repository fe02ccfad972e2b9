import { Failure } from './client'
import { t } from '../i18n/i18n.svelte'

/** reason is why something was not done, as people are told. What is no answer of a server is thrown on. */
export function reason(e: unknown): string {
  if (!(e instanceof Failure)) throw e
  return e.status === 0 ? t('unreachable') : e.sentence
}
