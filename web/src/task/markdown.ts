// Descriptions as HTML: the server makes it out of Markdown and lets little through; here it is made sure of once more, before it
// becomes part of the page.
import purify from 'dompurify'
import { ask } from '../api/client'

// As in internal/markdown.
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

const made = new Map<string, Promise<string>>()
const kept = 50

/** What the server makes of a text; of the last ones it is known. */
export function renderMarkdown(text: string): Promise<string> {
  let html = made.get(text)
  if (!html) {
    html = ask<{ html: string }>('POST', '/api/markdown/', { text }).then((a) => a.body.html)
    html.catch(() => made.delete(text))
    made.set(text, html)
    for (const old of made.keys()) {
      if (made.size <= kept) break
      made.delete(old)
    }
  }
  return html
}

/** Puts HTML into an element, as far as it is allowed. */
export function setSanitizedHtml(node: HTMLElement, html: string): void {
  node.replaceChildren(purify.sanitize(html, { ...allowed, RETURN_DOM_FRAGMENT: true }))
}
