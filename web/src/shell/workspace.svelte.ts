// The task store for components: the values that they read from it are reactive.
import { createSubscriber, SvelteSet } from 'svelte/reactivity'
import { session } from '../auth/session.svelte'
import { t } from '../i18n/i18n.svelte'
import { inbox } from '../inbox/inbox.svelte'
import { nameOf, people } from '../people/people.svelte'
import type { Status } from '../sync/status'
import { Store } from '../sync/store'
import type { Conflict, Message, Op, Outcome, Task } from '../sync/types'
import { loadWeek } from '../task/due'
import type { Fields } from '../task/fields'
import { toast } from '../ui/toasts.svelte'
import { clock, transport } from './transport'

/** The least time between two draws of other people's changes, in ms. A thousand of them a second need no draw each. */
const redrawInterval = 30

class Workspace {
  private store = $state.raw<Store | null>(null)
  private watch = $derived.by(() => {
    const s = this.store
    return createSubscriber((update) => {
      let drawn = 0
      let timer: ReturnType<typeof setTimeout> | undefined
      const draw = () => {
        clearTimeout(timer)
        timer = undefined
        this.own = false
        update()
        drawn = performance.now()
      }
      const stop = s?.subscribe(() => {
        const wait = drawn + redrawInterval - performance.now()
        if (this.own || wait <= 0) draw()
        else timer ??= setTimeout(draw, wait)
      })
      return () => {
        clearTimeout(timer)
        stop?.()
      }
    })
  })
  /** Whether the person has just changed something, which is drawn at once. */
  private own = false
  /** The tasks selected for a bulk change. */
  readonly selected = new SvelteSet<number>()

  open(me: number): void {
    this.close()
    const s = new Store(transport, clock, me)
    s.onOutcome((o) => this.reportOutcome(o))
    s.onMessage((m) => this.receive(m))
    this.store = s
    this.established = false
    void people.load()
    s.start()
    void loadWeek()
  }

  close(): void {
    this.store?.stop()
    this.store = null
    this.selected.clear()
    inbox.close()
  }

  private get read(): Store | null {
    this.watch()
    return this.store
  }

  get state() {
    return this.read?.state ?? 'loading'
  }
  get progress() {
    return { ...(this.read?.progress ?? { have: 0, all: 0 }) }
  }
  get pending(): number {
    return this.read?.pending ?? 0
  }
  /** A new array for each change, so that values derived from it are computed again. */
  get tasks(): Iterable<Task> {
    return [...(this.read?.tasks.values() ?? [])]
  }
  get conflicts(): Conflict[] {
    return [...(this.read?.conflicts ?? [])]
  }
  get present(): Map<number, number[]> {
    return new Map(this.read?.present)
  }
  task(id: number): Task | undefined {
    return this.read?.task(id)
  }
  original(id: number): Task | undefined {
    return this.read?.original(id)
  }
  isPending(id: number): boolean {
    return this.read?.isPending(id) ?? false
  }
  real(id: number): number {
    return this.store?.real(id) ?? id
  }

  create(set: Fields & { title: string }): number {
    this.own = true
    return this.store?.create(set) ?? 0
  }
  patch(id: number, set: Fields, from?: Fields): void {
    this.own = true
    this.store?.patch(id, set, from)
  }
  move(id: number, status: Status, above: number | null, below: number | null): void {
    this.own = true
    this.store?.move(id, status, above, below)
  }
  remove(id: number): void {
    this.selected.delete(id)
    this.own = true
    this.store?.remove(id)
  }
  bulk(ids: number[], set: Fields | null): void {
    this.own = true
    this.store?.bulk(ids, set)
    if (!set) for (const id of ids) this.selected.delete(id)
  }
  /** select adds a task to the selection or removes it. Without `on` it toggles. */
  select(id: number, on = !this.selected.has(id)): void {
    if (on) this.selected.add(id)
    else this.selected.delete(id)
  }
  resolve(c: Conflict, mine: boolean): void {
    this.own = true
    this.store?.resolve(c, mine)
  }
  view(id: number): void {
    this.store?.view(id)
  }
  online(): void {
    this.store?.online()
  }
  offline(): void {
    this.store?.offline()
  }
  /** onMessage calls fn with every message of the feed. */
  onMessage(fn: (m: Message) => void): () => void {
    return this.store?.onMessage(fn) ?? (() => {})
  }

  /** Whether the feed has begun. */
  private established = false

  private receive(m: Message): void {
    inbox.receive(m)
    // Values that were read before the feed began may be older than its first message.
    const begins = m.type === 'resync' || (m.type === 'connection_established' && !this.established)
    if (begins) this.established = true
    if (begins || m.type.startsWith('member_')) void people.load()
    if (begins || m.type.startsWith('company_') || m.type === 'member_role_changed') void session.refresh()
    if (m.type === 'signed_out' || m.type === 'removed') session.ended()
  }

  private reportOutcome(o: Outcome): void {
    switch (o.kind) {
      case 'done':
        if (o.seqs.length > 0) {
          const undo = () => void this.store?.undo(o.seqs)
          toast({ text: describe(o.op), action: { label: t('undo'), run: undo } })
        }
        return
      case 'refused':
        toast({ text: t('toast.refused', { reason: o.reason === 'gone' ? t('toast.gone') : o.reason }), tone: 'bad' })
        return
      case 'undone': {
        const n = o.refused.length
        if (n > 0) toast({ text: t('toast.undoRefused', { n, reason: o.refused[0]?.detail ?? '' }), tone: 'bad' })
        else toast({ text: t('toast.undone') })
        return
      }
      case 'conflict':
        return // Conflicts.svelte shows it until it is resolved
    }
  }
}

/** describe returns the effect of a change in one sentence. */
function describe(op: Op): string {
  switch (op.kind) {
    case 'create':
      return t('toast.created')
    case 'remove':
      return t('toast.deleted', { n: 1 })
    case 'bulk':
      return op.set ? t('toast.changedMany', { n: op.ids.length }) : t('toast.deleted', { n: op.ids.length })
    case 'patch':
      if (op.set.status) return t('toast.movedTo', { status: t(`status.${op.set.status}`) })
      if ('assigned_to' in op.set) {
        const p = people.byId.get(op.set.assigned_to ?? 0)
        return p ? t('toast.assigned', { name: nameOf(p) }) : t('toast.unassigned')
      }
      return op.between ? t('toast.moved') : t('toast.changed')
  }
}

export const workspace = new Workspace()
