// The members of the company by id, and their names in the app.
import { eachPage, type User } from '../api/client'
import { session } from '../auth/session.svelte'
import { t } from '../i18n/i18n.svelte'
import { unassigned } from '../task/filter'

export type Person = Pick<User, 'id' | 'username' | 'first_name' | 'last_name'> & {
  is_active?: boolean
  role?: User['role']
}

class People {
  all = $state.raw<User[]>([])
  byId = $derived(new Map(this.all.map((p) => [p.id, p])))
  active = $derived(this.all.filter((p) => p.is_active).sort((a, b) => nameOf(a).localeCompare(nameOf(b))))

  async load(): Promise<void> {
    const all: User[] = []
    await eachPage<User>('/api/auth/company-users/', (page) => all.push(...page))
    this.all = all
  }
}

export const people = new People()

export function nameOf(p: Person | null | undefined): string {
  if (!p) return ''
  return [p.first_name, p.last_name].filter(Boolean).join(' ') || p.username
}

export function initials(p: Person): string {
  const words = nameOf(p).split(/\s+/)
  const first = [...(words[0] ?? '')][0] ?? ''
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : ''
  return (first + last).toUpperCase()
}

/** hue gives each person a colour. The golden angle spreads consecutive ids over the circle. */
export function hue(id: number): number {
  return Math.round((id * 137.508) % 360)
}

/** assigneeOptions lists the possible assignees: no one, the member, then the others by name. */
export function assigneeOptions(): [number, string][] {
  const me = session.user?.id
  const others = people.active.filter((p) => p.id !== me)
  const all: [number, string][] = [[unassigned, t('person.nobody')]]
  if (me !== undefined) all.push([me, t('person.me', { name: nameOf(people.byId.get(me) ?? session.user) })])
  return all.concat(others.map((p) => [p.id, nameOf(p)]))
}
