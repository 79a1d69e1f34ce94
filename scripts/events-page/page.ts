import { Envelope } from '@aegis/contracts/envelope';
import { EVENT_TYPES, type EventType } from '@aegis/contracts/events';
import { fixtureOf } from '@aegis/contracts/testing/fixtures';
import { CHANNELS, type Seen } from '../asyncapi/channels.ts';
import { fieldTable } from './fields.ts';

/** Above it the page is written by hand, below it is made. */
const MADE =
  '<!-- Made from here on by `npm run docs:events` from libs/shared/contracts. Change it there. -->';

const codes = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');
const same = (values: readonly object[]): boolean => new Set(values).size === 1;

const WHERE = [
  '## Where they are',
  [
    '| subject | types |',
    '|---|---|',
    ...CHANNELS.map(({ address, types }) => `| ${codes([address])} | ${codes(types)} |`),
  ].join('\n'),
];

const example = (type: EventType): string =>
  ['```json', JSON.stringify(fixtureOf(type), null, 2), '```'].join('\n');

function seenOn(address: string, parameter: string | undefined): string {
  const seen = `Seen on ${codes([address])}.`;
  const [, name = ''] = /\{(\w+)\}/.exec(address) ?? [];
  return parameter === undefined ? seen : `${seen} ${codes([name])}: ${parameter}`;
}

/** Events that carry the same are told of once. */
function channelSection({ title, about, address, parameter, types }: Seen): string[] {
  const schemas = types.map((type) => EVENT_TYPES[type].schema);
  const [shared] = same(schemas) && types.length > 1 ? schemas : [];
  return [
    `## ${title}`,
    ...(about === undefined ? [] : [about]),
    seenOn(address, parameter?.description),
    ...(shared ? ['Each of these events has:', fieldTable(shared)] : []),
    ...types.flatMap((type) => [
      `### ${type}`,
      EVENT_TYPES[type].sentence,
      ...(shared ? [] : [fieldTable(EVENT_TYPES[type].schema)]),
      example(type),
    ]),
  ];
}

/** The page with what is made in it as the contracts say it. @throws RangeError where the page has no mark */
export function eventsPage(page: string): string {
  const [written, ...rest] = page.split(`${MADE}\n`);
  if (written === undefined || rest.length === 0) throw new RangeError(`docs/events.md has no line ${MADE}`);
  const made = [fieldTable(Envelope), ...WHERE, ...CHANNELS.flatMap(channelSection)];
  return `${written}${MADE}\n\n${made.join('\n\n')}\n`;
}
