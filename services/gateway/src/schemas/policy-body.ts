import { fixtureOf } from '@aegis/contracts/fixture';
import { policyEffective } from '@aegis/contracts/policy';
import { z } from 'zod';

const EXPECTED = 'expected the policy as a JSON object; `aegis policy validate FILE` reads YAML text';
/** A policy as JSON; whether it is a good one is what the answer says. */
export const PolicyBody = z.strictObject({ policy: z.record(z.string(), z.unknown(), EXPECTED) }).meta({
  id: 'PolicyToTry',
  description: 'A policy to look at',
  examples: [fixtureOf(policyEffective).reply],
});
