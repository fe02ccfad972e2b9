// The store of tasks as components see it: what they read of it is read again after it changed.
import { createSubscriber } from 'svelte/reactivity'
import { SvelteSet } from 'svelte/reactivity'
import { t } from '../i18n/i18n.svelte'
import { inbox } from '../inbox/inbox.svelte'
import { nameOf, people } from '../people/people.svelte'
import { session } from '../auth/session.svelte'
import { clock, transport } from './transport'
import { Store } from '../sync/store'
import type { Conflict, Fields, Message, Op, Outcome, Status, Task } from '../sync/types'
import { toast } from '../ui/toasts.svelte'

/** How often what others do is drawn, in ms: of a thousand of their changes in a second not each is worth a look of its own. */
const calm = 30

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
        const wait = drawn + calm - performance.now()
        if (this.own || wait <= 0) draw()
        else timer ??= setTimeout(draw, wait)
      })
      return () => {
        clearTimeout(timer)
        stop?.()
      }
    })
  })
  /** Whether the person has just done something, which is drawn at once. */
  private own = false
  /** Which tasks are chosen for what is done to many. */
  readonly selected = new SvelteSet<number>()

  open(me: number): void {
    this.close()
    const s = new Store(transport, clock, me)
    s.onOutcome((o) => this.tellOutcome(o))
    s.onMessage((m) => this.hear(m))
    this.store = s
    this.begun = false
    void people.load()
    s.start()
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
  /** A new map for each change, so that what is derived of it is worked out again. */
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

  create(fields: Fields & { title: string }): number {
    this.own = true
    return this.store?.create(fields) ?? 0
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
  /** Chooses a task for what is done to many, or not any more. */
  choose(id: number, on = !this.selected.has(id)): void {
    if (on) this.selected.add(id)
    else this.selected.delete(id)
  }
  settle(c: Conflict, mine: boolean): void {
    this.own = true
    this.store?.settle(c, mine)
  }
  look(id: number): void {
    this.store?.look(id)
  }
  online(): void {
    this.store?.online()
  }
  offline(): void {
    this.store?.offline()
  }
  /** Calls fn with every message of the feed. */
  onMessage(fn: (m: Message) => void): () => void {
    return this.store?.onMessage(fn) ?? (() => {})
  }

  /** Whether the feed has begun. */
  private begun = false

  private hear(m: Message): void {
    inbox.hear(m)
    // What was read before the feed began may be older than where it begins.
    const begins = m.type === 'resync' || (m.type === 'connection_established' && !this.begun)
    if (begins) this.begun = true
    if (begins || m.type.startsWith('member_')) void people.load()
    if (begins || m.type.startsWith('company_') || m.type === 'member_role_changed') void session.again()
    if (m.type === 'signed_out' || m.type === 'removed') session.ended()
  }

  private tellOutcome(o: Outcome): void {
    switch (o.kind) {
      case 'done':
        if (o.seqs.length > 0) {
          const seqs = o.seqs
          toast({ text: sentence(o.op), action: { label: t('undo'), run: () => void this.store?.undo(seqs) } })
        }
        return
      case 'refused':
        toast({ text: t('toast.refused', { reason: o.reason === 'gone' ? t('toast.gone') : o.reason }), tone: 'bad' })
        return
      case 'undone':
        if (o.refused.length > 0) toast({ text: t('toast.undoRefused', { n: o.refused.length, reason: o.refused[0]?.detail ?? '' }), tone: 'bad' })
        else toast({ text: t('toast.undone') })
        return
      case 'conflict':
        return // shown by Conflicts.svelte until it is decided
    }
  }
}

/** sentence says what a change was. */
function sentence(op: Op): string {
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
