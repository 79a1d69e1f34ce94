import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startWorld } from '../e2e/testkit/console/world.ts';
import { fill, RULES, TELLS_LOOPBACK } from '../e2e/testkit/data-directory/fill.ts';

/**
 * Saves what this version leaves in a data directory, for later versions to start on: `node scripts/save-data-directory.ts
 * <name>` writes `e2e/fixtures/data-directories/<name>.{tar.gz,json}`. Run it on the last commit before storage, a contract
 * or a key changes.
 */
const [name] = process.argv.slice(2);
if (name === undefined) throw new Error('Say how to name it: node scripts/save-data-directory.ts <name>');
const fixtures = resolve(import.meta.dirname, '../e2e/fixtures/data-directories');

const world = await startWorld({ rules: RULES, env: TELLS_LOOPBACK });
const left = await fill(world);
await world.stack.end();
const folder = await mkdtemp(join(tmpdir(), 'aegis-save-'));
await cp(world.stack.dataDir, join(folder, 'data'), { recursive: true });
for (const file of ['policy.json', 'approvers.json']) await cp(join(world.folder, file), join(folder, file));
execFileSync('tar', ['-C', folder, '-czf', join(fixtures, `${name}.tar.gz`), '.']);
await writeFile(join(fixtures, `${name}.json`), `${JSON.stringify(left, null, 2)}\n`);
await rm(folder, { recursive: true });
await world.stop();
console.log(`saved ${name}`);
