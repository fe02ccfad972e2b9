// The store's way to the server in a browser: fetch and a WebSocket.
import { ask, Failure, toLocalPath } from '../api/client'
import type { Clock, Feed, Message, Reply, Transport } from '../sync/types'

export const transport: Transport = {
  async request(method, path, body, headers): Promise<Reply> {
    try {
      const a = await ask<{ next?: string | null }>(method, path, body, headers)
      if (a.body && typeof a.body.next === 'string') a.body.next = toLocalPath(a.body.next)
      return { status: a.status, body: a.body, seq: Number(a.headers.get('Event-Seq')) || undefined }
    } catch (e) {
      if (!(e instanceof Failure)) throw e
      return { status: e.status, detail: e.sentence, retryAfter: e.retryAfter }
    }
  },

  open(since, on): Feed {
    const url = new URL('/ws/tasks/', location.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    url.searchParams.set('presence', 'true')
    url.searchParams.set('inbox', 'true')
    if (since !== null) url.searchParams.set('since', String(since))
    const ws = new WebSocket(url)
    ws.onmessage = (e) => on.message(JSON.parse(String(e.data)) as Message)
    ws.onclose = (e) => on.close(e.code)
    return {
      send: (m) => ws.readyState === WebSocket.OPEN && ws.send(JSON.stringify(m)),
      close: () => ws.close(),
    }
  },
}

export const clock: Clock = {
  after(ms, fn) {
    const t = setTimeout(fn, ms)
    return () => clearTimeout(t)
  },
  random: Math.random,
}
