import { writeFile } from 'node:fs/promises';
import { asyncApiYaml } from './asyncapi/yaml.ts';

/** Writes docs/asyncapi.yaml: `npm run docs:asyncapi`. */
await writeFile(new URL('../docs/asyncapi.yaml', import.meta.url), asyncApiYaml());
