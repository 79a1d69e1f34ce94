import { fixtureOf } from '@aegis/contracts/fixture';
import { policyEffective } from '@aegis/contracts/policy';
import { belongElsewhere } from '@aegis/kit/errors';
import { z } from 'zod';

const EXPECTED = 'expected the policy as a JSON object; `aegis policy validate FILE` reads YAML text';
/** What a policy has, of either version. */
const OF_A_POLICY = [
  'version',
  'rules',
  'timezone',
  'max_refund_cents',
  'max_payment_link_cents',
  'allow_tools',
  'deny_tools',
];
const ITSELF = belongElsewhere([OF_A_POLICY, 'give the policy as {"policy": {…}}']);

/** A policy as JSON; whether it is a good one is what the answer says. */
export const PolicyBody = z
  .strictObject({ policy: z.record(z.string(), z.unknown(), EXPECTED) }, ITSELF)
  .meta({
    id: 'PolicyToTry',
    description: 'A policy to look at',
    examples: [fixtureOf(policyEffective).reply],
  });
