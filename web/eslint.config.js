// Few rules, each with its reason. Formatting is prettier's, types are svelte-check's.
import svelte from 'eslint-plugin-svelte'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

/** features are the folders of src that are about something; ui holds what knows none of them. */
const features = 'admin auth board company dashboard inbox list people settings shell table task'.split(' ')

export default [
  { ignores: ['dist/', 'src/api/schema.d.ts'] },
  {
    files: ['**/*.{ts,js,mjs,svelte}'],
    languageOptions: { parser: ts.parser },
    plugins: { ts: ts.plugin, svelte },
    // An exception that no longer excepts anything hides the next problem.
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // == converts its operands by rules that nobody remembers. `== null` means null or undefined.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // A variable that never changes says so. The props of a component are declared with let.
      'svelte/prefer-const': 'error',
      // `any` switches the type checker off for everything that it reaches.
      'ts/no-explicit-any': 'error',
      // svelte-check finds unused names in the sources; this finds them in tests and scripts.
      'ts/no-unused-vars': ['error', { args: 'after-used', argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A loop variable in a closure, an assignment in a condition: mostly mistakes.
      'no-cond-assign': ['error', 'except-parens'],
      'no-unreachable-loop': 'error',
      'no-self-compare': 'error',
      // eval and its relatives are against the content security policy.
      'no-eval': 'error',
      'no-implied-eval': 'error',
    },
  },
  {
    files: ['src/**/*.{ts,svelte}'],
    rules: {
      // The console is no place for people. What goes wrong is shown on the page.
      'no-console': 'error',
      // Markup from strings passes the sanitiser in task/markdown.ts.
      'no-restricted-properties': ['error', { property: 'innerHTML' }, { property: 'insertAdjacentHTML' }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parser: (await import('svelte-eslint-parser')).default,
      parserOptions: { parser: ts.parser, svelteConfig },
    },
  },
  {
    files: ['**/*.svelte'],
    processor: 'svelte/svelte',
    rules: {
      // Descriptions are written by members of a company. Raw HTML is how one member attacks another.
      'svelte/no-at-html-tags': 'error',
      // Without a key a row keeps the focus and state of another one when the list changes.
      'svelte/require-each-key': 'error',
      // A store or a prop that is read once at the start shows an old value for ever.
      'svelte/no-reactive-reassign': 'error',
      // An ignore without a warning hides the next warning.
      'svelte/no-unused-svelte-ignore': 'error',
      // javascript: URLs in links are script injection.
      'svelte/no-target-blank': 'error',
      // A {'text'} that could be text is noise.
      'svelte/no-useless-mustaches': 'error',
      // Two handlers or attributes of one name: the first is lost.
      'svelte/no-dupe-style-properties': 'error',
      'svelte/no-dupe-else-if-blocks': 'error',
      'svelte/no-dom-manipulating': 'error',
    },
  },
  {
    // The store runs in a test without a browser, and stays that way.
    files: ['src/sync/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\./|\\.\\./api/(enums|schema)$|\\.\\./task/fields$)',
              message: 'sync imports no framework, no browser and no page.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/ui/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: `^\\.\\./(${features.join('|')})/`, message: 'A primitive knows no feature.' }] },
      ],
    },
  },
]
