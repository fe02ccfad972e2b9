// The kinds of notification, with the icon of each. The API's document lists them; a missing one does not compile.
import type { Notification } from '../api/client'
import type { IconName } from '../ui/icons'

export type NotificationKind = Notification['kind']

export const kindIcons = {
  assigned: 'person',
  unassigned: 'undo',
  mentioned: 'at',
  status: 'board',
  invitation: 'people',
} as const satisfies Record<NotificationKind, IconName>

export const notificationKinds = Object.keys(kindIcons) as readonly NotificationKind[]
