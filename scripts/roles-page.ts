import { readFile, writeFile } from 'node:fs/promises';
import { rolesPage } from './roles-page/page.ts';

/** Writes docs/roles.md, but for its beginning: `npm run docs:roles`. */
const FILE = new URL('../docs/roles.md', import.meta.url);
await writeFile(FILE, rolesPage(await readFile(FILE, 'utf8')));
