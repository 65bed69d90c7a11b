import tseslint from 'typescript-eslint';

/**
 * Which folder of src/ may import which: the one table of the architecture, drawn in src/README.md.
 * `pure` folders are below the wall: no I/O, no clock, no randomness. A test reads this table as well.
 */
export const layers = {
  text: { imports: [], packages: ['re2js', 'yaml'], pure: true },
  json: { imports: [], pure: true },
  qmp: { imports: ['json'], pure: true },
  recording: { imports: ['qmp', 'json', 'text'], pure: true },
  redact: { imports: ['recording', 'qmp', 'json', 'text'], pure: true },
  proxy: { imports: ['redact', 'recording', 'qmp', 'json', 'text'], pure: true },
  replay: { imports: ['redact', 'recording', 'qmp', 'json', 'text'], pure: true },
  inspect: { imports: ['redact', 'recording', 'qmp', 'json', 'text'], pure: true },
  formats: { imports: ['redact', 'recording', 'qmp', 'json', 'text'], pure: true },
  transport: { imports: ['proxy', 'replay', 'recording', 'qmp', 'json', 'text'], packages: ['koffi'] },
  store: { imports: ['proxy', 'recording', 'qmp', 'json', 'text'], packages: ['better-sqlite3'] },
  launch: {
    imports: ['transport', 'store', 'proxy', 'replay', 'redact', 'recording', 'qmp', 'json', 'text'],
  },
  tui: { imports: ['inspect', 'redact', 'recording', 'qmp', 'json', 'text'], packages: ['blessed'] },
  cli: { imports: 'all', packages: ['commander', 'pino', 'pino-pretty'] },
};

/** What a pure folder must not name: each is I/O, a clock, a timer or randomness. */
export const impureGlobals = [
  'Buffer', 'process', 'performance', 'crypto', 'fetch',
  'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask',
]; // prettier-ignore

/** The calendar is arithmetic: only the clock is impure, that is every use of `Date` but these. */
const clock = {
  selector:
    "Identifier[name='Date']:not(MemberExpression[property.name=/^(UTC|parse)$/] > .object):not(NewExpression[arguments.length>0] > .callee)",
  message: 'Below the wall there is no clock: only Date.UTC(…), Date.parse(…) and new Date(ms).',
};

const folders = Object.keys(layers);
const packages = Object.values(layers).flatMap((layer) => layer.packages ?? []);

const layerRules = folders.map((folder) => {
  const layer = layers[folder];
  const forbidden =
    layer.imports === 'all'
      ? []
      : folders.filter((other) => other !== folder && !layer.imports.includes(other));
  const foreign = packages.filter((name) => !(layer.packages ?? []).includes(name));
  const patterns = [
    {
      regex: forbidden.length ? `^(\\.\\./)+(${forbidden.join('|')})/` : '^$',
      message: `src/${folder} may not import this layer (see src/README.md).`,
    },
    { group: foreign, message: `src/${folder} may not use this package (see src/README.md).` },
    ...(folder === 'cli'
      ? []
      : [{ group: ['../index.js', '**/src/index.js'], message: 'index.ts is the outside of the library.' }]),
    ...(layer.pure ? [{ group: ['node:*'], message: `src/${folder} is below the wall: no I/O.` }] : []),
  ].filter((pattern) => pattern.regex !== '^$' && pattern.group?.length !== 0);
  return {
    files: [`src/${folder}/**/*.ts`],
    rules: {
      'no-restricted-imports': ['error', { patterns }],
      ...(layer.pure
        ? {
            'no-restricted-globals': ['error', ...impureGlobals],
            'no-restricted-syntax': ['error', clock],
            'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
          }
        : {}),
    },
  };
});

export default tseslint.config(
  { ignores: ['dist', 'coverage', 'eslint.config.js'] },
  ...tseslint.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  ...layerRules,
);
