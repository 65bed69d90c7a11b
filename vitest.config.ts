/** Here since vitest looks for it beside package.json; what is in it is in test/. */
export { default } from './test/vitest.config.js';
