import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

// `npm run dev` serves the sources and hands what is asked of the API to a server that runs beside it.
const server = process.env.TASKHOUSE_URL ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [svelte({ compilerOptions: { runes: true } })],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // the policy lets images come from here, and nothing be inline
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': server, '/ws': { target: server, ws: true } } },
})
