import { readFile, writeFile } from 'node:fs/promises';
import { eventsPage } from './events-page/page.ts';

/** Writes docs/events.md, but for its beginning: `npm run docs:events`. */
const FILE = new URL('../docs/events.md', import.meta.url);
await writeFile(FILE, eventsPage(await readFile(FILE, 'utf8')));
