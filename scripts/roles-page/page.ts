import { ACCESS, type Permit, WHO, type Who } from '@aegis/contracts/access';

/** Above it the page is written by hand, below it is made. */
const MADE =
  '<!-- Made from here on by `npm run docs:roles` from libs/shared/contracts/src/access.ts. Change it there. -->';

const TITLES: Readonly<Record<keyof typeof ACCESS, readonly [title: string, column: string]>> = {
  rest: ['REST', 'route'],
  mcp: ['The firewall’s own tools', 'tool'],
  console: ['Pages of the console', 'page'],
  rpc: ['Questions on the bus', 'question'],
};

const words = (who: readonly Who[]): string => who.map((one) => `\`${one}\``).join(', ');

function table(door: keyof typeof ACCESS): string {
  const [title, column] = TITLES[door];
  const rows: [string, Permit][] = Object.entries(ACCESS[door]);
  const hasReads = rows.some(([, { reads }]) => reads !== undefined);
  const line = ([name, { may, reads }]: [string, Permit]): string =>
    `| \`${name}\` | ${words(may)} |${hasReads ? ` ${reads === undefined ? '' : words(reads)} |` : ''}`;
  const head = hasReads ? [`| ${column} | who may | who reads values of arguments |`, '|---|---|---|'] : [];
  const plain = hasReads ? [] : [`| ${column} | who may |`, '|---|---|'];
  return `## ${title}\n\n${[...head, ...plain, ...rows.map(line)].join('\n')}`;
}

/** The page with what is made in it as the table says it. @throws RangeError where the page has no mark */
export function rolesPage(page: string): string {
  const [written, ...rest] = page.split(`${MADE}\n`);
  if (written === undefined || rest.length === 0) throw new RangeError(`docs/roles.md has no line ${MADE}`);
  const who = Object.entries(WHO).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
  const legend = ['| word | who that is |', '|---|---|', ...who].join('\n');
  const doors = Object.keys(TITLES) as (keyof typeof ACCESS)[];
  return `${written}${MADE}\n\n${[legend, ...doors.map(table)].join('\n\n')}\n`;
}
