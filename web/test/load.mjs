import { build } from 'esbuild'

/** A module of the sources, with what it imports, as Node can run it. */
export async function load(path) {
  const { outputFiles } = await build({ entryPoints: [new URL(path, import.meta.url).pathname], bundle: true, format: 'esm', write: false })
  return import('data:text/javascript;base64,' + Buffer.from(outputFiles[0].contents).toString('base64'))
}
