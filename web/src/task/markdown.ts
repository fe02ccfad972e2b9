// Descriptions as HTML. The server renders Markdown and allows few elements. This file sanitises the result once more
// before it becomes part of the page.
import purify from 'dompurify'
import { ask } from '../api/client'

// The same list as in internal/markdown.
const allowed = {
  ALLOWED_TAGS: [
    'p',
    'br',
    'hr',
    'em',
    'strong',
    'del',
    'code',
    'pre',
    'blockquote',
    'ul',
    'ol',
    'li',
    'h3',
    'h4',
    'h5',
    'h6',
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
    'a',
  ],
  ALLOWED_ATTR: ['href', 'align', 'start'],
  ALLOWED_URI_REGEXP: /^(https?:\/\/|mailto:)/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
}

purify.addHook('afterSanitizeAttributes', (node) => {
  if (node.nodeName !== 'A' || !node.hasAttribute('href')) return
  node.setAttribute('rel', 'noopener noreferrer nofollow')
  node.setAttribute('target', '_blank')
})

const cache = new Map<string, Promise<string>>()
const cacheSize = 50

/** renderMarkdown returns the HTML that the server makes of a text. It keeps the last results. */
export function renderMarkdown(text: string): Promise<string> {
  let html = cache.get(text)
  if (!html) {
    html = ask<{ html: string }>('POST', '/api/markdown/', { text }).then((a) => a.body.html)
    html.catch(() => cache.delete(text))
    cache.set(text, html)
    for (const old of cache.keys()) {
      if (cache.size <= cacheSize) break
      cache.delete(old)
    }
  }
  return html
}

/** setSanitizedHtml replaces the content of an element with the allowed parts of some HTML. */
export function setSanitizedHtml(node: HTMLElement, html: string): void {
  node.replaceChildren(purify.sanitize(html, { ...allowed, RETURN_DOM_FRAGMENT: true }))
}
