import { type Allowance, createAllowanceOf } from '@aegis/kit/allowance';
import { DEFAULT_LIMITS } from '@aegis/kit/limits';
import { z } from 'zod';
import { ANONYMOUS } from './call.ts';
import { OF_KEY } from './identities.ts';

/** Who is limited, by what a principal begins with: nobody in particular, an agent by its key, a user by stdio. */
const LIMITED_ROLES = ['anonymous', 'agent', 'os-user'] as const;
type LimitedRole = (typeof LIMITED_ROLES)[number];

const LIMITS_BY_ROLE = [
  'requests_per_minute',
  'body_kib_per_minute',
  'streams',
  'waiting_requests',
  'waiting_calls',
  'asks_per_hour',
] as const;
type LimitByRole = (typeof LIMITS_BY_ROLE)[number];

type Given = ReadonlyMap<string, number>;

const MOST = 1_000_000_000;
const SETTING = /^([^.=]*)\.([^.=]*)=(.*)$/;

const isOf = (list: readonly string[], word: string): boolean => list.includes(word);

/** What is wrong with one setting, or undefined. */
function whyNot(text: string, place: number): string | undefined {
  const [, role, limit, amount] = SETTING.exec(text) ?? [];
  if (role === undefined || limit === undefined)
    return `setting ${place}: expected role.limit=number, such as agent.asks_per_hour=100`;
  if (!isOf(LIMITED_ROLES, role))
    return `"${text}": there is no role ${role} here; expected ${LIMITED_ROLES.join(', ')}`;
  if (!isOf(LIMITS_BY_ROLE, limit))
    return `"${text}": there is no limit ${limit}; expected ${LIMITS_BY_ROLE.join(', ')}`;
  const isAmount = /^[0-9]{1,10}$/.test(amount ?? '') && Number(amount) >= 1 && Number(amount) <= MOST;
  return isAmount ? undefined : `"${text}": expected a whole number from 1 to ${MOST}`;
}

function read(text: string, context: z.RefinementCtx): Given {
  const given = new Map<string, number>();
  for (const [i, setting] of text
    .split(/[\s,]+/)
    .filter(Boolean)
    .entries()) {
    const message = whyNot(setting, i + 1);
    const [name = '', amount] = setting.split('=');
    if (message !== undefined) context.addIssue({ code: 'custom', message });
    else if (given.has(name))
      context.addIssue({ code: 'custom', message: `${name}: is there more than once` });
    else given.set(name, Number(amount));
  }
  return given;
}

/** Limits by role, separated by commas or spaces: `agent.asks_per_hour=100, anonymous.streams=5`. */
export const LimitsEnv = z.object({ CALLER_LIMITS: z.string().default('').transform(read) });
type Settings = z.output<typeof LimitsEnv>;

/** What kind of caller this is. Over stdio, and whatever is none of the others, it is a user of the machine. */
function limitedRoleOf(principal: string): LimitedRole {
  if (principal.startsWith(OF_KEY)) return 'agent';
  return principal === ANONYMOUS ? 'anonymous' : 'os-user';
}

/** What this principal may have, by their role. */
export type LimitOf = (principal: string, limit: LimitByRole) => number;

export const createLimitOf =
  ({ CALLER_LIMITS: given }: Settings, others: Partial<Record<LimitByRole, number>> = {}): LimitOf =>
  (principal, limit) =>
    given.get(`${limitedRoleOf(principal)}.${limit}`) ?? others[limit] ?? DEFAULT_LIMITS[limit];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const full = (amount: number, everyMs: number) => ({ atOnce: amount, thenEach: amount, everyMs });
const NO_BOUND = full(Number.MAX_SAFE_INTEGER, MINUTE_MS);
const lets = (limit: LimitByRole): string => `${limit} of CALLER_LIMITS lets one caller`;

/** What each caller may send to a door: requests, and the KiB of their bodies. */
export const createRequestAllowance = (of: LimitOf, nowMs?: () => number): Allowance =>
  createAllowanceOf(
    {
      entries: {
        name: 'requests',
        tooMuch: `has sent as many requests as ${lets('requests_per_minute')}`,
      },
      kib: { name: 'body-kib', tooMuch: `has sent as much as ${lets('body_kib_per_minute')}` },
    },
    (principal) => ({
      entries: full(of(principal, 'requests_per_minute'), MINUTE_MS),
      kib: full(of(principal, 'body_kib_per_minute'), MINUTE_MS),
    }),
    nowMs,
  );

/** How often each caller may have people asked. */
export const createAskAllowance = (of: LimitOf, nowMs?: () => number): Allowance =>
  createAllowanceOf(
    {
      entries: { name: 'asks', tooMuch: `has had people asked as often as ${lets('asks_per_hour')}` },
      kib: { name: 'asks', tooMuch: '' },
    },
    (principal) => ({ entries: full(of(principal, 'asks_per_hour'), HOUR_MS), kib: NO_BOUND }),
    nowMs,
  );
