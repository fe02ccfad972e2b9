import { t } from '../i18n/i18n.svelte'
import { Failure } from './client'

/** reason says why a request failed, in words for people. It rethrows every other error. */
export function reason(e: unknown): string {
  if (!(e instanceof Failure)) throw e
  return e.status === 0 ? t('unreachable') : e.sentence
}
