import * as approvals from '@aegis/contracts/approvals';
import * as audit from '@aegis/contracts/audit';
import * as call from '@aegis/contracts/call';
import * as decision from '@aegis/contracts/decision';
import * as envelope from '@aegis/contracts/envelope';
import * as grants from '@aegis/contracts/grants';
import * as policy from '@aegis/contracts/policy';
import * as proxiedCall from '@aegis/contracts/proxied-call';
import * as rpcs from '@aegis/contracts/rpc';
import * as terms from '@aegis/contracts/terms';
import * as toolDefinition from '@aegis/contracts/tool-definition';
import * as waiting from '@aegis/contracts/waiting';
import * as webhooks from '@aegis/contracts/webhooks';
import { z } from 'zod';

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
  if (id === undefined) throw new RangeError('a schema of the bus is not exported by libs/shared/contracts');
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
