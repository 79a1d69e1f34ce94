import type { Rpc } from '@aegis/contracts/rpc';
import { RPCS as QUESTIONS } from '@aegis/contracts/rpcs';
import { type Json, namedJsonSchemas, refTo as refIn } from '@aegis/contracts/testing/json-schemas';
import { isWhole } from '@aegis/contracts/tolerant';
import type { z } from 'zod';

export type { Json, Rpc };

const PLACE = '#/components/schemas/';

/** Every question of the bus, by name. */
export const RPCS: readonly Rpc[] = [...QUESTIONS]
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([, rpc]) => rpc);

const requests: ReadonlySet<z.core.$ZodType> = new Set(RPCS.map(({ request }) => request));

/** The `components.schemas` of a contract. @throws RangeError where the contract has no name to refer to */
export const refTo = (schema: z.ZodType): Json => refIn(schema, PLACE);

/**
 * `components.schemas`, in draft 7, which AsyncAPI's own format is a superset of. As a reader sees them: what may be added
 * later is allowed, but in questions, and in what is read whole or not at all.
 */
export function componentSchemas(): Json {
  const schemas = namedJsonSchemas({
    target: 'draft-7',
    place: PLACE,
    override(schema, json) {
      const { additionalProperties } = json as Json;
      const grows = additionalProperties === false && !requests.has(schema) && !isWhole(schema);
      if (grows) delete (json as Json)['additionalProperties'];
    },
  });
  return Object.fromEntries(
    Object.keys(schemas)
      .toSorted()
      .map((id) => [id, schemas[id]]),
  );
}
