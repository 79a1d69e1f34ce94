import { expect, it } from 'vitest';
import * as tools from './mod.ts';

it('has this public surface, and a change to it is a decision', () => {
  expect(Object.keys(tools).toSorted()).toEqual([
    'changeLevel',
    'createToolFold',
    'definitionDigest',
    'definitionStatus',
    'definitionWith',
    'inQuarantine',
    'isRecordable',
    'toQuarantined',
  ]);
});
