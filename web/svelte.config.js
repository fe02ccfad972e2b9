import { vitePreprocess } from '@sveltejs/vite-plugin-svelte'
import { expandBreakpoints } from './breakpoints.js'

const breakpoints = { style: ({ content }) => ({ code: expandBreakpoints(content) }) }

export default { preprocess: [vitePreprocess(), breakpoints] }
