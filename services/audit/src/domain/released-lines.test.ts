import { readdirSync, readFileSync } from 'node:fs';
import { Envelope } from '@aegis/contracts/envelope';
import { expect, it } from 'vitest';
import { toEntry } from './entry.ts';
import { VARIANTS } from './testkit/variants.ts';

const FIXTURES = new URL('../../../../libs/shared/contracts/src/fixtures/', import.meta.url);

const unreadableAt = new Date('2026-12-01T00:00:00.000Z');

/** Every type of event that a release has written. */
const RELEASED = [
  ...new Set(
    readdirSync(new URL('releases/', FIXTURES)).flatMap((release) =>
      readdirSync(new URL(`releases/${release}/events/`, FIXTURES)),
    ),
  ),
].map((file) => file.replace(/\.json$/, ''));

const fixtureOf = (type: string): Envelope =>
  Envelope.parse(JSON.parse(readFileSync(new URL(`events/${type}.json`, FIXTURES), 'utf8')));

const outcomeOf = ({ data }: Envelope): string => String(data['outcome']);
const idOf = ({ subject = '' }: Envelope): string => subject;

/** Where an event of each kind is stored; `audit` reads it there. */
const STORED: Readonly<Record<string, (event: Envelope) => string>> = {
  'decision.enforced': (event) => `aegis.log.decision.enforce.${outcomeOf(event)}`,
  'decision.checked': (event) => `aegis.checks.${outcomeOf(event)}`,
  idempotency: () => 'aegis.log.idempotency.2f183a4e64493af3f377f745eda50236',
  approval: (event) => `aegis.log.approval.${idOf(event)}`,
  agent: () => 'aegis.log.waiting.2f183a4e64493af3f377f745eda502363cd3e7ef6e4d266d444758de0a85fcc8',
  grant: (event) => `aegis.log.grant.${idOf(event)}`,
  webhook: () => 'aegis.log.webhook',
  call: ({ data }) => `aegis.log.call.${String(data['call_id'])}`,
  'tool.accepted': ({ data }) => `aegis.log.tool.${String(data['server'])}.accepted`,
  tool: ({ data }) => `aegis.log.tool.${String(data['server'])}`,
  policy: () => 'aegis.log.policy',
  audit: () => 'aegis.log.audit',
};

function storedOn(event: Envelope): string {
  const kind = Object.keys(STORED).find((name) => event.type.startsWith(`aegis.${name}.`));
  return STORED[kind ?? '']?.(event) ?? 'aegis.log.unknown';
}

function entryOf(event: Envelope) {
  const fact = { seq: 1, subject: storedOn(event), event };
  const entry = toEntry({ ...fact, storedAt: new Date(event.time) });
  return entry.isEvent ? entry : toEntry({ ...fact, storedAt: unreadableAt });
}

const fixtures = RELEASED.map(fixtureOf);
const variants = VARIANTS.map(([type, more]) => {
  const event = fixtureOf(type);
  return { ...event, data: more(event.data) };
});

it('the lines of what was ever released stay as they are, byte for byte', async () => {
  expect(RELEASED.length).toBeGreaterThan(26);
  const entries = [...fixtures, ...variants].map(entryOf);
  const lines = (file: 'audit' | 'approval') => entries.map((entry) => entry[file] ?? '').join('');
  await expect(lines('audit')).toMatchFileSnapshot('testkit/released-audit.jsonl');
  await expect(lines('approval')).toMatchFileSnapshot('testkit/released-approvals.jsonl');
});
