import { expect, test } from 'vitest';
import { judgeNode } from './node.ts';

test('Node 24 and newer run the sources, older ones are a failure that says what to do', () => {
  expect(judgeNode('24.0.0').level).toBe('ok');
  expect(judgeNode('26.1.0').level).toBe('ok');
  expect(judgeNode('20.20.2')).toMatchObject({ level: 'fail', mend: 'run "npm install" in the project' });
});
