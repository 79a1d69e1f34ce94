import { stringify } from 'yaml';
import { asyncApiDocument } from './document.ts';

const HEADER = '# Made by `npm run docs:asyncapi` from libs/shared/contracts. Change it there.\n';

/** The text of docs/asyncapi.yaml. */
export const asyncApiYaml = (): string =>
  HEADER + stringify(asyncApiDocument(), { aliasDuplicateObjects: false, lineWidth: 110, singleQuote: true });
