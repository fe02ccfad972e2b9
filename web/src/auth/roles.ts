import type { User } from '../api/client'
import { allOf } from '../api/enums'

export type Role = User['role']

/** From the most rights to the fewest. */
export const roles = allOf<Role>({ owner: true, admin: true, member: true, guest: true })
