import { setApart } from '@aegis/contracts/bodies';
import { expect, it } from 'vitest';
import { waiting } from '../testkit/states.ts';
import { toSummary } from './summary.ts';

const LARGE = { text: `é"${'x'.repeat(70_000)}` };
const SMALL = { to: 'ACME' };

it.each([
  ['nothing', {}],
  ['small arguments', { args: SMALL }],
  ['small input', { input: SMALL }],
  ['large arguments', { args: LARGE }],
  ['large arguments and small input', { args: LARGE, input: SMALL }],
  ['small arguments and large input', { args: SMALL, input: LARGE }],
  ['large arguments and large input', { args: LARGE, input: { ...LARGE, more: 1 } }],
])('with %s a list shows the same, whether they stand in the event or not', (_, sent) => {
  const approval = { ...waiting(), call: { ...waiting().call, ...sent } };
  const written = Object.values(sent)
    .map((part) => JSON.stringify(part))
    .join(' + ');
  const shown = {
    args_preview: written.slice(0, 200),
    args_bytes: Buffer.byteLength(written),
  };
  expect(toSummary(approval)).toMatchObject(shown);
  expect(toSummary({ ...approval, call: setApart(approval.call).stored })).toMatchObject(shown);
});
