import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Envelope, traceIdOf } from './envelope.ts';
import { EVENT_TYPES, isEventType } from './events/mod.ts';
import { RPCS } from './rpcs.ts';

const read = (folder: string): [string, unknown][] => {
  const base = new URL(`./fixtures/${folder}/`, import.meta.url);
  return readdirSync(base).map((file) => [
    file.replace(/\.json$/, ''),
    JSON.parse(readFileSync(new URL(file, base), 'utf8')) as unknown,
  ]);
};

describe('every event ever released', () => {
  const fixtures = read('events');

  it('has a fixture, and every fixture is an event', () => {
    expect(fixtures.map(([name]) => name).toSorted()).toEqual(Object.keys(EVENT_TYPES).toSorted());
  });

  it.each(fixtures)('%s still parses, whole', (name, fixture) => {
    const event = Envelope.parse(fixture);
    expect(event).toEqual(fixture);
    expect(event.type).toBe(name);
    expect(traceIdOf(event)).toMatch(/^[0-9a-f]{32}$/);
    if (!isEventType(event.type)) throw new Error(`unknown type ${event.type}`);
    expect(EVENT_TYPES[event.type].schema.parse(event.data)).toEqual(event.data);
  });
});

describe('every question on the bus', () => {
  const fixtures = read('rpc') as [string, { request: unknown; reply: unknown }][];

  it('has a fixture, and every fixture is a question', () => {
    expect(fixtures.map(([name]) => name).toSorted()).toEqual([...RPCS.keys()].toSorted());
  });

  it.each(fixtures)(
    '%s: request and reply still parse, whole, and take no unknown field',
    (name, { request, reply }) => {
      const rpc = RPCS.get(name);
      expect(rpc?.request.parse(request)).toEqual(request);
      expect(rpc?.reply.parse(reply)).toEqual(reply);
      expect(rpc?.request.safeParse({ ...(request as object), surprise: 1 }).success).toBe(false);
    },
  );
});
