import { readFile } from 'node:fs/promises';
import { Approval } from '@aegis/contracts/approvals';
import { Envelope } from '@aegis/contracts/envelope';
import { EVENT_TYPES, type EventType } from '@aegis/contracts/events';
import { Grant } from '@aegis/contracts/grants';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CHANNELS } from './asyncapi/channels.ts';

const page = await readFile(new URL('../docs/events.md', import.meta.url), 'utf8');
const TYPES = Object.keys(EVENT_TYPES) as EventType[];

/** The text under a `###` heading. */
const sectionOf = (heading: string): string =>
  page.split(/^#{2,3} /m).find((section) => section.startsWith(`${heading}\n`)) ?? '';

type Rows = Record<string, string>;

/** The second cell of each row of the section's table, by the first. */
const rowsOf = (section: string): Rows =>
  Object.fromEntries(
    [...section.matchAll(/^\| `(\w+)` \|([^|]*)\|/gm)].map(([, name = '', cell = '']) => [name, cell.trim()]),
  );

const addressOf = (type: EventType): string =>
  CHANNELS.find(({ types }) => types.includes(type))?.address ?? '';

type ObjectSchema = { properties?: Record<string, unknown>; required?: string[] };
const fieldsOf = (schema: z.ZodType): Rows => {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' }) as ObjectSchema;
  return Object.fromEntries(
    Object.keys(properties).map((name) => [name, required.includes(name) ? 'yes' : '']),
  );
};

describe('docs/events.md', () => {
  it.each(TYPES)('%s: its subject, its fields and an example that is one', (type) => {
    const section = sectionOf(type);
    expect(section).toContain(`\`${addressOf(type)}\``);
    expect(rowsOf(section)).toEqual(fieldsOf(EVENT_TYPES[type].schema));
    const example = JSON.parse(/```json\n(.*?)```/s.exec(section)?.[1] ?? 'null') as unknown;
    const envelope = Envelope.parse(example);
    expect(envelope.type).toBe(type);
    EVENT_TYPES[type].schema.parse(envelope.data);
  });

  it('the envelope has the fields of the table', () => {
    expect(rowsOf(sectionOf('The envelope'))).toEqual(fieldsOf(Envelope));
  });

  it('the approval has the fields of the table, each in the states that the table names', () => {
    const states = Approval.options.map((option) => option.shape);
    const names = new Set(states.flatMap((shape) => Object.keys(shape)));
    const rows = rowsOf(sectionOf('The approval'));
    expect(Object.keys(rows).toSorted()).toEqual([...names].toSorted());
    for (const [name, cell] of Object.entries(rows)) {
      const inStates = states.filter((shape) => name in shape).map((shape) => shape.status.value);
      const everywhere = inStates.length === states.length;
      if (everywhere) expect(cell, name).toMatch(/^(all|where .*)$/);
      else expect(cell.split(', ').toSorted(), name).toEqual(inStates.toSorted());
    }
  });

  it('the grant has the fields of the table', () => {
    expect(rowsOf(sectionOf('The grant'))).toEqual(fieldsOf(Grant));
  });

  it('names every subject', () => {
    const subjects = rowsOfSubjects();
    expect(subjects.toSorted()).toEqual(CHANNELS.map(({ address }) => address).toSorted());
  });
});

const rowsOfSubjects = (): string[] =>
  [...sectionOf('Where they are').matchAll(/^\| `(aegis\.[^`]+)`/gm)].map(([, subject = '']) => subject);
