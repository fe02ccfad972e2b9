// The people of a company as an operator finds them: by words and by id, some at a time, for a company has any number of them.
import { SvelteMap } from 'svelte/reactivity'
import { Failure, type Page, type User } from '../api/client'
import { nameOf } from '../people/people.svelte'
import { operator } from './operator.svelte'

const shown = 8 // how many a search offers

export class PeopleCache {
  private readonly known = new SvelteMap<string, string>()
  private readonly asked = new Set<string>()

  /** company is the id of the company that they are of; '' is none. */
  constructor(private readonly company: () => string) {}

  readonly find = async (words: string): Promise<User[]> => {
    const company = this.company()
    if (!company) return []
    const found = (await operator.get<Page<User>>(`/api/operator/companies/${company}/members/?page_size=${shown}&search=${encodeURIComponent(words)}`)).results
    for (const u of found) this.known.set(company + ' ' + u.id, nameOf(u))
    return found
  }

  /** name is what a person is called; their number until that is known, and of who is no member any more. */
  name(id: number): string {
    const company = this.company()
    const key = company + ' ' + id
    if (company && !this.asked.has(key)) {
      this.asked.add(key)
      operator.get<User>(`/api/operator/companies/${company}/members/${id}/`).then(
        (u) => this.known.set(key, nameOf(u)),
        (e: unknown) => {
          if (!(e instanceof Failure)) throw e
          if (e.status !== 404) this.asked.delete(key)
        },
      )
    }
    return this.known.get(key) ?? '#' + id
  }
}
