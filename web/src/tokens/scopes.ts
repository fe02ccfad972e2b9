import type { components } from '../api/schema'
import { roles, type Role } from '../auth/roles'

export type Token = components['schemas']['ProgramToken']
export type Scope = Token['scopes'][number]

/** All scopes, each with the lowest role that may have it. */
const lowest: Record<Scope, Role> = {
  'tasks:read': 'guest',
  'tasks:write': 'member',
  'events:read': 'guest',
  'people:read': 'guest',
  'people:write': 'admin',
  'notifications:read': 'guest',
  'notifications:write': 'guest',
  admin: 'admin',
}
const scopes = Object.keys(lowest) as Scope[]

/** scopesFor returns the scopes that a token of a member with this role may have. */
export const scopesFor = (role: Role): Scope[] => scopes.filter((s) => roles.indexOf(lowest[s]) >= roles.indexOf(role))

/** The lives of a token that the form offers, in days. */
export const lives = ['7', '30', '90', '180', '366']
