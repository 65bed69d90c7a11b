/** `npm run reference`: writes docs/api/README.md. */
import { writeFileSync } from 'node:fs';
import { apiReference, referencePath } from './api-reference.js';

writeFileSync(referencePath, await apiReference());
