// The members of a company as an operator finds them: by name or by id, a few at a time, because a company has any
// number of them.
import { SvelteMap } from 'svelte/reactivity'
import { Failure, type Page, type User } from '../api/client'
import { nameOf } from '../people/people.svelte'
import { operator } from './operator.svelte'

const searchLimit = 8

export class PeopleCache {
  private readonly names = new SvelteMap<string, string>()
  private readonly requested = new Set<string>()

  /** company returns the id of the company, or '' for none. */
  constructor(private readonly company: () => string) {}

  readonly find = async (words: string): Promise<User[]> => {
    const company = this.company()
    if (!company) return []
    const q = `page_size=${searchLimit}&search=${encodeURIComponent(words)}`
    const found = (await operator.get<Page<User>>(`/api/operator/companies/${company}/members/?${q}`)).results
    for (const u of found) this.names.set(company + ' ' + u.id, nameOf(u))
    return found
  }

  /** name returns a member's name. Until it is known, and for a former member, it returns the number. */
  name(id: number): string {
    const company = this.company()
    const key = company + ' ' + id
    if (company && !this.requested.has(key)) {
      this.requested.add(key)
      operator.get<User>(`/api/operator/companies/${company}/members/${id}/`).then(
        (u) => this.names.set(key, nameOf(u)),
        (e: unknown) => {
          if (!(e instanceof Failure)) throw e
          if (e.status !== 404) this.requested.delete(key)
        },
      )
    }
    return this.names.get(key) ?? '#' + id
  }
}
