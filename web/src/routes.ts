// All pages. A new page is one entry here, with a key of i18n for its name.
import type { Component } from 'svelte'
import type { Key } from './i18n/i18n.svelte'
import type { IconName } from './ui/icons'

export interface Route {
  path: string
  page: () => Promise<{ default: Component<any> }> // eslint-disable-line ts/no-explicit-any -- a page takes the parameters of its path
  title: Key
  /** The audience: anyone, members, managers of the company, or operators, who have a sign-in of their own. */
  who: 'anyone' | 'member' | 'manager' | 'operator'
  /** Its entry in the navigation, if it has one. */
  nav?: { icon: IconName; key: string; group: 'work' | 'company' }
}

export const routes: Route[] = [
  { path: '/login', page: () => import('./auth/LoginPage.svelte'), title: 'login.title', who: 'anyone' },
  { path: '/register', page: () => import('./auth/RegisterPage.svelte'), title: 'register.title', who: 'anyone' },
  { path: '/forgot-password', page: () => import('./auth/ForgotPage.svelte'), title: 'forgot.title', who: 'anyone' },
  // Links in mails: the token is in the fragment.
  { path: '/reset-password', page: () => import('./auth/ResetPage.svelte'), title: 'reset.title', who: 'anyone' },
  { path: '/confirm-address', page: () => import('./auth/ConfirmPage.svelte'), title: 'confirm.title', who: 'anyone' },
  {
    path: '/cancel-address',
    page: () => import('./auth/CancelPage.svelte'),
    title: 'cancelAddress.title',
    who: 'anyone',
  },
  // The token is in the fragment. Links of earlier versions have it in the path.
  { path: '/invitations', page: () => import('./auth/InvitePage.svelte'), title: 'invite.title', who: 'anyone' },
  {
    path: '/invitations/{token}',
    page: () => import('./auth/InvitePage.svelte'),
    title: 'invite.title',
    who: 'anyone',
  },
  {
    path: '/board',
    page: () => import('./board/BoardPage.svelte'),
    title: 'nav.board',
    who: 'member',
    nav: { icon: 'board', key: 'b', group: 'work' },
  },
  {
    path: '/list',
    page: () => import('./list/ListPage.svelte'),
    title: 'nav.list',
    who: 'member',
    nav: { icon: 'list', key: 'l', group: 'work' },
  },
  {
    path: '/mine',
    page: () => import('./list/MyTasksPage.svelte'),
    title: 'nav.mine',
    who: 'member',
    nav: { icon: 'person', key: 'm', group: 'work' },
  },
  {
    path: '/inbox',
    page: () => import('./inbox/InboxPage.svelte'),
    title: 'nav.inbox',
    who: 'member',
    nav: { icon: 'inbox', key: 'i', group: 'work' },
  },
  {
    path: '/dashboard',
    page: () => import('./dashboard/DashboardPage.svelte'),
    title: 'nav.dashboard',
    who: 'member',
    nav: { icon: 'chart', key: 'd', group: 'work' },
  },
  {
    path: '/settings',
    page: () => import('./settings/SettingsPage.svelte'),
    title: 'nav.settings',
    who: 'member',
    nav: { icon: 'settings', key: 's', group: 'company' },
  },
  {
    path: '/company',
    page: () => import('./company/CompanyPage.svelte'),
    title: 'nav.company',
    who: 'manager',
    nav: { icon: 'building', key: 'c', group: 'company' },
  },
  {
    path: '/company/{section}',
    page: () => import('./company/CompanyPage.svelte'),
    title: 'nav.company',
    who: 'manager',
  },
  { path: '/admin', page: () => import('./admin/AdminPage.svelte'), title: 'nav.admin', who: 'operator' },
  { path: '/admin/{section}', page: () => import('./admin/AdminPage.svelte'), title: 'nav.admin', who: 'operator' },
]

export interface Match {
  route: Route | null
  params: Record<string, string>
}

/** decoded decodes a part of a path. It returns '' for an invalid one, such as a lone %. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}

/** match finds the route of a path. */
export function match(path: string): Match {
  const parts = path.replace(/\/+$/, '').split('/')
  for (const route of routes) {
    const want = route.path.split('/')
    if (want.length !== parts.length) continue
    const params: Record<string, string> = {}
    const fits = want.every((w, i) => {
      if (!w.startsWith('{')) return w === parts[i]
      const value = decoded(parts[i] ?? '')
      params[w.slice(1, -1)] = value
      return value !== ''
    })
    if (fits) return { route, params }
  }
  return { route: null, params: {} }
}
