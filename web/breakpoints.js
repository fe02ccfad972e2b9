// The breakpoints of the style sheets: @media (--phone) stands for (max-width: 720px), and (--above-phone) for
// everything wider. The widths are in src/ui/breakpoints.json, which scripts read too.
import { readFileSync } from 'node:fs'

const widths = JSON.parse(readFileSync(new URL('src/ui/breakpoints.json', import.meta.url), 'utf8'))

/** @param {string} css */
export function expandBreakpoints(css) {
  return css.replace(/@media[^{]+/g, (media) =>
    media.replace(/\(--(above-)?([a-z]+)\)/g, (whole, above, name) => {
      const width = widths[name]
      if (!width) throw new Error(`unknown breakpoint ${whole}`)
      return above ? `(min-width: ${width + 1}px)` : `(max-width: ${width}px)`
    }),
  )
}
