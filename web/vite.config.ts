import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'
import { expandBreakpoints } from './breakpoints.js'

// `npm run dev` serves the sources and forwards requests of the API to a running server.
const server = process.env.TASKHOUSE_URL ?? 'http://127.0.0.1:8000'

/** svelte.config.js does the same for the styles of components. */
const breakpoints: Plugin = {
  name: 'breakpoints',
  enforce: 'pre',
  transform: (code, id) => (id.endsWith('/app.css') ? expandBreakpoints(code) : null),
}

export default defineConfig({
  plugins: [breakpoints, svelte({ compilerOptions: { runes: true } })],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // the content security policy allows images from this server and nothing inline
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': server, '/ws': { target: server, ws: true } } },
})
