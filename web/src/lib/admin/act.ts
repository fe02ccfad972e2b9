import { Failure } from '../api'
import { t } from '../i18n.svelte'
import { toast } from '../ui/toasts.svelte'

/** act does something at once: says that it is done, or why not. */
export async function act(done: string, fn: () => Promise<unknown>): Promise<boolean> {
  try {
    await fn()
    toast({ text: done })
    return true
  } catch (e) {
    if (!(e instanceof Failure)) throw e
    toast({ text: t('toast.refused', { reason: e.status === 0 ? t('unreachable') : e.sentence }), tone: 'bad' })
    return false
  }
}
