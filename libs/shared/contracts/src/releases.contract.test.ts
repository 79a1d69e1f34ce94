import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { Envelope } from './envelope.ts';
import { EVENT_TYPES, type EventType } from './events/mod.ts';
import { readEvent } from './read-event.ts';
import { RPCS } from './rpcs.ts';
import { storedOn } from './testing/fixtures.ts';
import { type Json, type ReleaseSchemas, releaseSchemas } from './testing/json-schemas.ts';
import { tolerant } from './tolerant.ts';

/** An older service refuses such a call, so it does not run: it would judge and bind less than the server gets. */
const INPUT = 'what a call sends besides its arguments; absent from every call without it';

const OWN = 'for an agent that reads its own; an older service refuses the question, and nothing is read';

/**
 * What this version puts into questions that the last release does not know, and why that may be. Services take questions
 * strictly: the one that is asked has to be upgraded before the one that asks.
 */
const NEW_IN_QUESTIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'approvals.consume.call.input',
      'approvals.request.call.input',
      'approvals.standing.call.input',
      'enforcer.enforce.call.input',
      'enforcer.enforce.recorded_input',
      'policy.check.input',
    ].map((path) => [path, INPUT]),
  ),
  'approvals.complete.by_agent = true': 'the same',
  'approvals.complete.by_agent': 'an older service refuses the question, and nothing is approved',
  'approvals.complete.principal': 'an older service refuses the question, and nothing is approved',
  'approvals.get.principal': OWN,
  'approvals.list.principal': OWN,
  'approvals.grant.pattern.input': 'only for a call that has it',
  ...Object.fromEntries(
    ['client', 'client.name', 'client.version', 'door', 'in_path'].map((name) => [
      `approvals.request.${name}`,
      'what the policy saw beside the call; an older service refuses the question, and the call does not run',
    ]),
  ),
  ...Object.fromEntries(
    ['at_least', 'email_domain_in', 'host_in', 'path_within', 'url_within'].map((name) => [
      `approvals.grant.pattern.args.${name}`,
      'an older service refuses such a grant, and reads one on record as none: a person is asked',
    ]),
  ),
};

/** Words that this version writes or answers, such as a new status, and that are unreadable for the last release. */
const NEW_WORDS: Readonly<Record<string, string>> = {};

/**
 * Types of event that the last release does not have, and what it does where it finds one: on a subject of an aggregate that
 * it knows it reads nothing from there on, and denies.
 */
const NEW_TYPES: Readonly<Record<string, string>> = {
  'aegis.approval.code_drawn.v1':
    'on the subject of its approval: it reads nothing of that from there on, and nobody decides or uses it there',
  'aegis.approval.code_refused.v1': 'the same',
  'aegis.idempotency.replayed.v1':
    'on a subject of its own, which nothing reads but the record: there its line is `unreadable`',
  'aegis.audit.mended.v1':
    'on the subject of the audit trail, where nothing stands on it: its line is `unreadable`',
  'aegis.approver.invited.v1':
    'on a subject of its own, which nothing reads but the record: there its line is `unreadable`',
  'aegis.approver.added.v1': 'the same; who was added stands in the approvers file, which it reads',
  'aegis.body.stored.v1':
    'on a subject of its own, which nothing reads but the record; what refers to it is read whole or not at all',
  ...Object.fromEntries(
    ['created', 'key_added', 'key_revoked', 'roles_changed', 'recovered', 'imported', 'removed'].map(
      (what) => [
        `aegis.identity.${what}.v1`,
        'on a subject of its own, which nothing reads but the record: it asks nobody over REST for a name, as ever',
      ],
    ),
  ),
  'aegis.call.fenced.v1':
    'where ends of calls are, and nothing stands on it there. An end on the subject of its run is none for the enforcer of the ' +
    'last release, which says of such a call that its outcome is unknown once that run is over: upgrade the enforcer first',
  'aegis.requests.refused.v1': 'beside the entries of clients, which nothing reads but the record',
};

const FIXTURES = new URL('./fixtures/', import.meta.url);
const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, FIXTURES), 'utf8'));
const readAll = (folder: string): [name: string, fixture: unknown][] =>
  readdirSync(new URL(`${folder}/`, FIXTURES)).map((file) => [
    file.replace(/\.json$/, ''),
    readJson(`${folder}/${file}`),
  ]);

type Event = { type: EventType; data: never };
type Question = { request: unknown; reply: unknown };
const eventsIn = (folder: string) => readAll(`${folder}events`) as [string, Event][];
const questionsIn = (folder: string) => readAll(`${folder}rpc`) as [string, Question][];

const byVersion = new Intl.Collator('en', { numeric: true }).compare;
const RELEASES = readdirSync(new URL('releases/', FIXTURES)).toSorted(byVersion);

describe.each(RELEASES)('what release %s has written and said', (release) => {
  it.each(eventsIn(`releases/${release}/`))('is read by this one: %s', (_, fixture) => {
    const { type, data } = fixture;
    const event = Envelope.parse(fixture);
    expect(event).toEqual(fixture);
    expect(readEvent({ subject: storedOn(type, data), event })).toBeDefined();
  });

  it.each(questionsIn(`releases/${release}/`))(
    'is understood by this one: %s',
    (name, { request, reply }) => {
      const rpc = RPCS.get(name);
      expect(rpc?.request.parse(request)).toEqual(request);
      expect(rpc && tolerant(rpc.reply, 'dropped').parse(reply)).toEqual(reply);
    },
  );
});

const LAST = RELEASES.at(-1) ?? '';
const last = readJson(`releases/${LAST}/schemas.json`) as ReleaseSchemas;

/** As it is read tolerantly: any member may join, but where it is read whole. */
function loosened(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(loosened);
  if (typeof schema !== 'object' || schema === null || 'x-whole' in schema) return schema;
  const members = Object.entries(schema).filter(
    ([key, value]) => !(key === 'additionalProperties' && !value),
  );
  return Object.fromEntries(members.map(([key, value]) => [key, loosened(value)]));
}

/** What the last release finds wrong with data; nothing where it takes it. */
function createChecks({ $defs }: Pick<ReleaseSchemas, '$defs'>) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  return (ref: object | undefined, data: unknown): unknown => {
    expect(ref).toBeDefined();
    return ajv.validate({ ...ref, $defs }, data) ? [] : ajv.errors;
  };
}
const strictly = createChecks(last);
const tolerantly = createChecks({ $defs: loosened(last.$defs) as ReleaseSchemas['$defs'] });

const WORD = ' = ';

/** The path of each member that a schema names, and behind it each word that it may be where only some may. */
function termsIn($defs: ReleaseSchemas['$defs'], schema: unknown, path: string): string[] {
  const inner = (one: unknown, at = path): string[] => termsIn($defs, one, at);
  if (Array.isArray(schema)) return schema.flatMap((one) => inner(one));
  if (typeof schema !== 'object' || schema === null) return [];
  const { $ref, properties = {}, items, additionalProperties, oneOf, anyOf, allOf, ...rest } = schema as Json;
  const words = 'const' in rest ? [rest['const']] : ((rest['enum'] as unknown[] | undefined) ?? []);
  return [
    ...words.map((word) => `${path}${WORD}${String(word)}`),
    ...(typeof $ref === 'string' ? inner($defs[$ref.replace('#/$defs/', '')]) : []),
    ...Object.entries(properties as Json).flatMap(([name, one]) => {
      const at = `${path}.${name}`;
      return [at, ...inner(one, at)];
    }),
    ...[items, additionalProperties, oneOf, anyOf, allOf].flatMap((one) => inner(one)),
  ];
}

type Part = 'events' | 'requests' | 'replies';
const termsOf = (schemas: ReleaseSchemas, part: Part): Set<string> =>
  new Set(Object.keys(last[part]).flatMap((name) => termsIn(schemas.$defs, schemas[part][name], name)));

/** What this version says there and the last release does not know. */
function addedTo(part: Part): string[] {
  const before = termsOf(last, part);
  return [...termsOf(releaseSchemas(), part)].filter((term) => !before.has(term)).toSorted();
}

describe(`release ${LAST}, where it runs beside this one,`, () => {
  const known = eventsIn('').filter(([type]) => type in last.events);
  const asked = questionsIn('').filter(([name]) => name in last.requests);

  it.each(known)('reads what this one writes: %s', (type, { data }) => {
    expect(tolerantly(last.events[type], data)).toEqual([]);
  });

  it.each(asked)('understands what this one answers: %s', (name, { reply }) => {
    expect(tolerantly(last.replies[name], reply)).toEqual([]);
  });

  it('is asked nothing that it does not know, but for what is listed here with its reason', () => {
    expect(addedTo('requests'), 'NEW_IN_QUESTIONS').toEqual(Object.keys(NEW_IN_QUESTIONS).toSorted());
  });

  it('hears no word that it can not read, but for what is listed here with its reason', () => {
    const words = [...addedTo('events'), ...addedTo('replies')].filter((term) => term.includes(WORD));
    expect(words.toSorted(), 'NEW_WORDS').toEqual(Object.keys(NEW_WORDS).toSorted());
  });

  it('finds no type of event that it does not have, but for what is listed here with its reason', () => {
    const types = Object.keys(EVENT_TYPES).filter((type) => !(type in last.events));
    expect(types.toSorted(), 'NEW_TYPES').toEqual(Object.keys(NEW_TYPES).toSorted());
  });

  it.each(asked)('takes what this one asks: %s', (name, { request }) => {
    if (Object.keys(NEW_IN_QUESTIONS).some((path) => path.startsWith(`${name}.`))) return;
    expect(strictly(last.requests[name], request)).toEqual([]);
  });
});

describe('these checks see', () => {
  const [, { reply }] = questionsIn('').find(([name]) => name === 'approvals.get') as [string, Question];
  const { approval } = reply as { approval: Json };
  const check = (more: Json) =>
    tolerantly(last.replies['approvals.get'], { approval: { ...approval, ...more } });

  it('that a fact may join', () => expect(check({ seen_at: 'noon' })).toEqual([]));

  it.each([
    ['that a fact is missing', { requested_at: undefined }],
    ['that it is of another type', { generation: 'first' }],
    ['a state that was not there', { status: 'escalated' }],
    ['more in a part that is read whole', { call: { ...(approval['call'] as Json), session: 's-1' } }],
  ])('%s', (_, more) => expect(check(more)).not.toEqual([]));

  it('that arguments stand elsewhere: what has them so is not read, and nothing runs', () => {
    const [, { data }] = eventsIn('').find(([type]) => type === 'aegis.approval.approved.v1') as [
      string,
      Event,
    ];
    const { args: _, ...call } = (data as { approval: { call: Json } }).approval.call;
    const args_body = { digest: `sha256:${'1'.repeat(64)}`, bytes: 70_000, begins: '{' };
    const of = (stored: Json) =>
      tolerantly(last.events['aegis.approval.approved.v1'], {
        approval: { ...(data as { approval: Json }).approval, call: stored },
      });
    expect(of(call)).toEqual([]);
    expect(of({ ...call, args_body })).not.toEqual([]);
  });

  it('a member more in a question', () => {
    expect(strictly(last.requests['approvals.get'], { id: 'x', verbose: true })).not.toEqual([]);
    expect(termsOf(last, 'requests')).toContain('approvals.decide.credential.secret');
  });

  it('a word more in an answer or an event', () => {
    expect(termsOf(last, 'replies')).toContain('approvals.list.approvals.status = superseded');
    expect(termsOf(last, 'events')).toContain('aegis.decision.enforced.v1.via = proxy');
  });
});
