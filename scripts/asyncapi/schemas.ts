import { z } from 'zod';
import * as approvals from '../../libs/shared/src/contracts/approvals.ts';
import * as audit from '../../libs/shared/src/contracts/audit.ts';
import * as call from '../../libs/shared/src/contracts/call.ts';
import * as decision from '../../libs/shared/src/contracts/decision.ts';
import * as envelope from '../../libs/shared/src/contracts/envelope.ts';
import * as grants from '../../libs/shared/src/contracts/grants.ts';
import * as policy from '../../libs/shared/src/contracts/policy.ts';
import * as proxiedCall from '../../libs/shared/src/contracts/proxied-call.ts';
import * as rpcs from '../../libs/shared/src/contracts/rpc.ts';
import * as terms from '../../libs/shared/src/contracts/terms.ts';
import * as toolDefinition from '../../libs/shared/src/contracts/tool-definition.ts';
import * as waiting from '../../libs/shared/src/contracts/waiting.ts';
import * as webhooks from '../../libs/shared/src/contracts/webhooks.ts';

export type Json = { [key: string]: unknown };
export type Rpc = rpcs.Rpc;

const MODULES: readonly object[] = [
  call,
  decision,
  approvals,
  terms,
  grants,
  waiting,
  webhooks,
  proxiedCall,
  toolDefinition,
  policy,
  audit,
  envelope,
  rpcs,
];

/** Every named schema of the contracts, under the name that it has there. */
function namedSchemas() {
  const registry = z.registry<{ id: string }>();
  for (const [name, schema] of MODULES.flatMap((module) => Object.entries(module))) {
    if (schema instanceof z.ZodType && !registry.has(schema)) registry.add(schema, { id: name });
  }
  return registry;
}

const NAMED = namedSchemas();
const isRpc = (value: unknown): value is Rpc =>
  typeof value === 'object' && value !== null && 'service' in value && 'verb' in value && 'request' in value;
const subjectOf = ({ service, verb }: Rpc): string => `${service}.${verb}`;

/** Every question of the bus; health, which all services answer alike, is made by a function and left out. */
export const RPCS: readonly Rpc[] = Object.values<unknown>(rpcs)
  .filter(isRpc)
  .toSorted((a, b) => (subjectOf(a) < subjectOf(b) ? -1 : 1));

/** The `components.schemas` of a contract. @throws RangeError where the contract has no name to refer to */
export function refTo(schema: z.ZodType): Json {
  const id = NAMED.get(schema)?.id;
  if (id === undefined)
    throw new RangeError('a schema of the bus is not exported by libs/shared/src/contracts');
  return { $ref: `#/components/schemas/${id}` };
}

/** A schema inside another document has its name by its place there. */
const withoutNames = (schema: object): Json =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id'));

/**
 * `components.schemas`, in draft 7, which AsyncAPI's own format is a superset of. As a reader sees them: what may be added
 * later is allowed.
 */
export function componentSchemas(): Json {
  const { schemas } = z.toJSONSchema(NAMED, {
    target: 'draft-7',
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ zodSchema, jsonSchema }) => {
      // Its refinement is code; in JSON Schema it is this.
      if (zodSchema === call.AmountCents) {
        Object.assign(jsonSchema, { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
      }
    },
  });
  return Object.fromEntries(
    Object.keys(schemas)
      .toSorted()
      .map((id) => [id, withoutNames(schemas[id] ?? {})]),
  );
}
