import { z } from 'zod';
import * as approvals from '../approvals.ts';
import * as audit from '../audit.ts';
import * as bodies from '../bodies.ts';
import * as call from '../call.ts';
import * as codes from '../codes.ts';
import * as decision from '../decision.ts';
import * as drawnCode from '../drawn-code.ts';
import * as envelope from '../envelope.ts';
import { EVENT_TYPES } from '../events/mod.ts';
import * as firstApprover from '../first-approver.ts';
import * as grants from '../grants.ts';
import * as health from '../health.ts';
import * as identities from '../identities.ts';
import * as policy from '../policy.ts';
import * as rpc from '../rpc.ts';
import { RPCS } from '../rpcs.ts';
import * as terms from '../terms.ts';
import { isWhole } from '../tolerant.ts';
import * as toolDefinition from '../tool-definition.ts';
import * as webhooks from '../webhooks.ts';

const MODULES: readonly object[] = [
  call,
  bodies,
  decision,
  approvals,
  drawnCode,
  codes,
  terms,
  grants,
  firstApprover,
  identities,
  webhooks,
  toolDefinition,
  policy,
  audit,
  envelope,
  health,
  rpc,
];

export type Json = { [key: string]: unknown };
type Ref = { $ref: string };
type Options = {
  target: 'draft-7' | 'draft-2020-12';
  /** Where a named schema stands in the document, such as `#/$defs/`. */
  place: string;
  override: (schema: z.core.$ZodType, json: object) => void;
};

/** `aegis.call.outcome_unknown.v1` is the event CallOutcomeUnknown. */
const nameOf = (type: string): string =>
  type
    .split(/[._]/)
    .slice(1, -1)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

function namedSchemas() {
  const registry = z.registry<z.core.GlobalMeta & { id: string }>();
  for (const [name, schema] of MODULES.flatMap((module) => Object.entries(module))) {
    if (schema instanceof z.ZodType && !registry.has(schema))
      registry.add(schema, { ...schema.meta(), id: name });
  }
  for (const [type, { schema }] of Object.entries(EVENT_TYPES))
    if (!registry.has(schema)) registry.add(schema, { id: nameOf(type) });
  return registry;
}
const NAMED = namedSchemas();

/** Where this contract stands in a document. @throws RangeError where it is not exported under a name */
export function refTo(schema: z.ZodType, place: string): Ref {
  const id = NAMED.get(schema)?.id;
  if (id === undefined) throw new RangeError('a schema of the bus is not exported by libs/shared/contracts');
  return { $ref: `${place}${id}` };
}

/** A schema inside another document has its name by its place there. */
const withoutNames = (schema: object): Json =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id'));

/** Every contract that has a name, as JSON Schema of what its writers send, by name. */
export function namedJsonSchemas({ target, place, override }: Options): Record<string, Json> {
  const { schemas } = z.toJSONSchema(NAMED, {
    target,
    io: 'input',
    uri: (id) => `${place}${id}`,
    override: ({ zodSchema, jsonSchema }) => override(zodSchema, jsonSchema),
  });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutNames(schema)]));
}

/** What a release says on the bus and in the log, for the releases after it to be held against. */
export type ReleaseSchemas = {
  /** JSON Schema 2020-12. `x-whole`: readers take it whole or not at all; all else that they read they read tolerantly. */
  readonly $defs: Readonly<Record<string, Json>>;
  /** By type, and by `<service>.<verb>`. */
  readonly events: Readonly<Record<string, Ref>>;
  readonly requests: Readonly<Record<string, Ref>>;
  readonly replies: Readonly<Record<string, Ref>>;
};

/** Of this version. */
export function releaseSchemas(): ReleaseSchemas {
  const place = '#/$defs/';
  const of = (part: 'request' | 'reply') =>
    Object.fromEntries([...RPCS].map(([name, one]) => [name, refTo(one[part], place)]));
  return {
    $defs: namedJsonSchemas({
      target: 'draft-2020-12',
      place,
      override(schema, json) {
        if (isWhole(schema)) Object.assign(json, { 'x-whole': true });
      },
    }),
    events: Object.fromEntries(
      Object.entries(EVENT_TYPES).map(([type, { schema }]) => [type, refTo(schema, place)]),
    ),
    requests: of('request'),
    replies: of('reply'),
  };
}
