import { cp, mkdir, writeFile } from 'node:fs/promises';
import { releaseSchemas } from '@aegis/contracts/testing/json-schemas';
import contracts from '../libs/shared/contracts/package.json' with { type: 'json' };

/**
 * Keeps what this release says on the bus and in the log, so that the releases after it are held against it:
 * `npm run contracts:freeze`, once, as a release is made.
 */
const fixtures = new URL('../libs/shared/contracts/src/fixtures/', import.meta.url);
const release = new URL(`releases/${contracts.version}/`, fixtures);
// A release that is kept already stays as it is: this throws.
await mkdir(release);
await writeFile(new URL('schemas.json', release), `${JSON.stringify(releaseSchemas(), null, 2)}\n`);
for (const kind of ['events', 'rpc'])
  await cp(new URL(kind, fixtures), new URL(kind, release), { recursive: true });
