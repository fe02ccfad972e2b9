import { t } from '../i18n/i18n.svelte'
import { reason } from '../api/reason'
import { toast } from '../ui/toasts.svelte'

/** act does something at once: says that it is done, or why not. */
export async function runAction(done: string, fn: () => Promise<unknown>): Promise<boolean> {
  try {
    await fn()
    toast({ text: done })
    return true
  } catch (e) {
    toast({ text: t('toast.refused', { reason: reason(e) }), tone: 'bad' })
    return false
  }
}
