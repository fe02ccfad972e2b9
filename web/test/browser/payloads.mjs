// Texts of attackers. Each would run something where it is put into a page as markup, an attribute, a script or an address.
const tags = [
  'img src=x',
  'svg',
  'body',
  'iframe',
  'video src=x',
  'input autofocus',
  'details open',
  'marquee',
  'math',
  'object data=x',
  'embed src=x',
  'audio src=x',
  'select autofocus',
  'textarea autofocus',
  'style',
  'link rel=stylesheet href=x',
]
const events = [
  'onerror',
  'onload',
  'onfocus',
  'ontoggle',
  'onstart',
  'onmouseover',
  'onanimationstart',
  'onpageshow',
  'onscroll',
  'onpointerenter',
  'onbegin',
  'onbeforeprint',
]

export const payloads = [
  ...tags.flatMap((tag) => events.map((on) => `<${tag} ${on}=alert(1)>`)),
  '<script>alert(1)</script>',
  '</script><script>alert(1)//',
  '"><script>alert(1)</script>',
  "'-alert(1)-'",
  '{{constructor.constructor("alert(1)")()}}',
  '${alert(1)}',
  'javascript:alert(1)',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '<!--<img src=x onerror=alert(1)>-->',
  '</title><script>alert(1)</script>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '[a](javascript:alert(1))',
  '![a](x" onerror="alert(1))',
  '<javascript:alert(1)>',
  '"><svg onload=alert(1)>',
]

/** All of them in texts of at most so many characters each, none of them cut. */
export function texts(most) {
  const all = []
  for (const p of payloads) {
    const last = all.at(-1)
    if (p.length > most) continue
    if (last !== undefined && last.length + 1 + p.length <= most) all[all.length - 1] = last + ' ' + p
    else all.push(p)
  }
  return all
}

/** Has a page tell of everything that its policy stopped: person() takes it for wrong. */
export const reporting = (page) =>
  page.addInitScript(() =>
    addEventListener('securitypolicyviolation', (e) =>
      console.log('Content Security Policy', e.violatedDirective, e.blockedURI),
    ),
  )
