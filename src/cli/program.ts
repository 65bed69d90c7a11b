/** The path of the program that runs, for those who start it again. */
import { fileURLToPath } from 'node:url';

/** `dist/cli/main.js`, absolute. */
export const program = fileURLToPath(new URL('main.js', import.meta.url));
