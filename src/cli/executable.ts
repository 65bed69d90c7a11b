/** The path of the program that runs, for code that starts it again. */
import { fileURLToPath } from 'node:url';

/** `dist/cli/main.js`, absolute. */
export const executable = fileURLToPath(new URL('main.js', import.meta.url));
