import { expect, it } from 'vitest';
import { definition, seen } from '../testkit/definitions.ts';
import { givenFor } from '../testkit/given.ts';
import { toolAcceptance } from './tool-acceptance.ts';

const { server, tool, digest } = seen(definition('reads'));
const accept = { by: 'ada', server, tool, digest };
const accepted = {
  type: 'aegis.tool.accepted.v1' as const,
  data: { server, tool, digest, accepted_by: 'ada' },
};
const given = givenFor(toolAcceptance);

it('a definition that nobody saw is accepted by nobody', () => {
  given().when(accept).comesTo({
    because: 'digest: this tool was not seen with such a definition of late',
    fault: 'not_found',
  });
});

it('a definition that waits counts from the word of an approver on, and is accepted once', () => {
  const waiting = {
    digest,
    essence: 'e',
    level: 'major' as const,
    since: '2026-01-01T00:00:00.000Z',
    seq: 1,
  };
  const state = { server, tool, counts: [], latest: digest, changes: 1, waiting: [waiting] };
  expect(toolAcceptance.decide(accept, state)).toEqual({ event: accepted });
  given(accepted).when(accept).comesTo({ because: 'This definition counts already' });
});
