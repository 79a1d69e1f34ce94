/** The revisions of the protocol, the oldest first. Those before the last open a session by `initialize`. */
export const REVISIONS = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'] as const;
export type Revision = (typeof REVISIONS)[number];
/** The last one with sessions: what counts where nobody has said which it is. */
export const LAST_WITH_SESSIONS: Revision = '2025-11-25';
export const WITHOUT_SESSIONS: Revision = '2026-07-28';

/** What a client can do, as it says when it connects, or with each request. */
export type Capabilities = Readonly<Record<string, unknown>>;

/**
 * What a method is judged as. Of a client: `named` by the rules for what it names, a tool, a resource or a prompt; `method`
 * as `method:<name>`, allowed unless a rule says otherwise; `list`, whose entries are shown as far as rules let them;
 * `task`, by whose it is; `listen`, by each thing that is listened to; `open`, which opens the connection; `passes`, which
 * does nothing that a rule could be about. Of a server: `question` as `server:<name>`; `passes`.
 */
export type JudgedAs = 'named' | 'method' | 'list' | 'task' | 'listen' | 'open' | 'passes' | 'question';

type Row = {
  readonly from: 'client' | 'server';
  readonly as: JudgedAs;
  readonly since?: Revision;
  /** The last revision that has it. */
  readonly until?: Revision;
  /** What of the client's capabilities says that it can be asked; a question without one it can not. */
  readonly needs?: string;
};
const FIRST: Revision = REVISIONS[0];
const WITH_SESSIONS = { until: LAST_WITH_SESSIONS } as const;
const TASKS = { since: '2025-11-25', as: 'task' } as const;

const CLIENT: Readonly<Record<string, Omit<Row, 'from'>>> = {
  'completion/complete': { as: 'named' },
  initialize: { as: 'open', ...WITH_SESSIONS },
  'logging/setLevel': { as: 'method', ...WITH_SESSIONS },
  ping: { as: 'passes', ...WITH_SESSIONS },
  'prompts/get': { as: 'named' },
  'prompts/list': { as: 'list' },
  'resources/list': { as: 'list' },
  'resources/read': { as: 'named' },
  'resources/subscribe': { as: 'named', ...WITH_SESSIONS },
  'resources/templates/list': { as: 'list' },
  'resources/unsubscribe': { as: 'named', ...WITH_SESSIONS },
  'server/discover': { as: 'open', since: WITHOUT_SESSIONS },
  'subscriptions/listen': { as: 'listen', since: WITHOUT_SESSIONS },
  'tasks/cancel': TASKS,
  'tasks/get': TASKS,
  'tasks/list': { ...TASKS, ...WITH_SESSIONS },
  'tasks/result': { ...TASKS, ...WITH_SESSIONS },
  'tasks/update': { as: 'named', since: WITHOUT_SESSIONS },
  'tools/call': { as: 'named' },
  'tools/list': { as: 'list' },
  'notifications/cancelled': { as: 'passes' },
  'notifications/initialized': { as: 'passes', ...WITH_SESSIONS },
  'notifications/progress': { as: 'passes' },
  'notifications/roots/list_changed': { as: 'passes', ...WITH_SESSIONS },
  'notifications/tasks/status': { as: 'passes', since: '2025-11-25', ...WITH_SESSIONS },
};

/** Questions of the revision without sessions stand in unfinished results (`input_required`). */
const SERVER: Readonly<Record<string, Omit<Row, 'from'>>> = {
  'elicitation/create': { as: 'question', since: '2025-06-18', needs: 'elicitation' },
  ping: { as: 'passes', ...WITH_SESSIONS },
  'roots/list': { as: 'question', needs: 'roots' },
  'sampling/createMessage': { as: 'question', needs: 'sampling' },
  'tasks/cancel': { as: 'question', since: '2025-11-25', ...WITH_SESSIONS, needs: 'tasks' },
  'tasks/get': { as: 'question', since: '2025-11-25', ...WITH_SESSIONS, needs: 'tasks' },
  'tasks/list': { as: 'question', since: '2025-11-25', ...WITH_SESSIONS, needs: 'tasks' },
  'tasks/result': { as: 'question', since: '2025-11-25', ...WITH_SESSIONS, needs: 'tasks' },
  'notifications/cancelled': { as: 'passes' },
  'notifications/elicitation/complete': { as: 'passes', since: '2025-11-25' },
  'notifications/message': { as: 'passes' },
  'notifications/progress': { as: 'passes' },
  'notifications/prompts/list_changed': { as: 'passes' },
  'notifications/resources/list_changed': { as: 'passes' },
  'notifications/resources/updated': { as: 'passes' },
  'notifications/subscriptions/acknowledged': { as: 'passes', since: WITHOUT_SESSIONS },
  'notifications/tasks': { as: 'passes', since: WITHOUT_SESSIONS },
  'notifications/tasks/status': { as: 'passes', since: '2025-11-25', ...WITH_SESSIONS },
  'notifications/tools/list_changed': { as: 'passes' },
};

/** A method that the protocol has, and since when. */
export type KnownMethod = Row & { readonly since: Revision };

const known = (
  from: Row['from'],
  rows: Readonly<Record<string, Omit<Row, 'from'>>>,
): ReadonlyMap<string, KnownMethod> =>
  new Map(Object.entries(rows).map(([name, row]) => [name, { since: FIRST, ...row, from }]));

/** Every method and notification of the protocol, by who sends it (modelcontextprotocol.io/specification, each revision). */
export const METHODS = { client: known('client', CLIENT), server: known('server', SERVER) } as const;

const placeOf = (revision: Revision): number => REVISIONS.indexOf(revision);

export const isRevisionOf = ({ since, until = WITHOUT_SESSIONS }: KnownMethod, revision: Revision): boolean =>
  placeOf(since) <= placeOf(revision) && placeOf(revision) <= placeOf(until);

/** The revision that two sides have agreed on; what nobody knows is taken for the last one with sessions. */
export const toRevision = (said: unknown): Revision =>
  REVISIONS.find((revision) => revision === said) ?? LAST_WITH_SESSIONS;

/** A request by the name of a notification is none that a revision has, and asks nobody knows what. */
export const isNotice = (method: string): boolean => method.startsWith('notifications/');

/**
 * What a client's request is judged as by its method. One that this revision does not have is unknown, and so `undefined`,
 * unless another revision's rules look into what it names: a server may still have it.
 */
export function judgedAs(method: string, revision: Revision): JudgedAs | undefined {
  const row = METHODS.client.get(method);
  if (row === undefined || isNotice(method)) return undefined;
  return row.as === 'named' || row.as === 'listen' || isRevisionOf(row, revision) ? row.as : undefined;
}
