import { build } from 'esbuild'

const bundle = (path) =>
  build({
    entryPoints: [new URL(path, import.meta.url).pathname],
    absWorkingDir: new URL('..', import.meta.url).pathname,
    bundle: true,
    format: 'esm',
    write: false,
    metafile: true,
  })

/** load imports a module of the sources, bundled with what it imports, so that Node can run it. */
export async function load(path) {
  const { outputFiles } = await bundle(path)
  return import('data:text/javascript;base64,' + Buffer.from(outputFiles[0].contents).toString('base64'))
}

/** inputs lists the sources that a module is made of. */
export async function inputs(path) {
  return Object.keys((await bundle(path)).metafile.inputs)
}
