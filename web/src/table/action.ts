import { reason } from '../api/reason'
import { t } from '../i18n/i18n.svelte'
import { toast } from '../ui/toasts.svelte'

/** runAction runs something at once and shows a toast: `done`, or why it failed. It returns whether it succeeded. */
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
