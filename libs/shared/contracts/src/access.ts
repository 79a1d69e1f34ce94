/**
 * Who may what, at every door: the one table. The gateway reads it, `docs/roles.md` is made from it, and tests walk the
 * real routes, tools, questions and pages: what has no row here opens to nobody.
 */

/** In the words of the page that is made of this table. */
export const WHO = {
  everybody: 'nobody is asked for a name',
  anonymous: 'whoever comes without a key, until the first agent has one',
  agent: 'whoever has an agent’s key',
  own: 'an agent, what it asked itself',
  approver: 'a person who decides: by their key, the approval code or their session',
  auditor: 'reads all, arguments too',
  operator: 'servers, tools and webhooks',
  admin: 'webhooks, and reads all but values; who there is and the policy change on the machine',
  services: 'the services themselves, each by its key of the bus',
  machine: 'whoever can read the firewall’s own keys on its machine',
} as const;
export type Who = keyof typeof WHO;

/** `reads`: of those, who sees the values of arguments; the others see their names. */
export type Permit = { readonly may: readonly Who[]; readonly reads?: readonly Who[] };

const may = (...who: readonly Who[]): Permit => ({ may: who });
const EVERYBODY = may('everybody');
const ASKS = may('anonymous', 'agent');
const READERS = ['approver', 'auditor', 'operator', 'admin'] as const;
/** What calls were asked, and with what. */
const CALLS: Permit = {
  may: ['anonymous', 'own', ...READERS],
  reads: ['own', 'approver', 'auditor'],
};
/** What no agent's call is in. */
const SETTINGS = may('anonymous', ...READERS);
const DECIDES = may('approver');
const WEBHOOKS = may('operator', 'admin');

/** By method and path, as the gateway has them. `HEAD` is as `GET`. */
const REST: Readonly<Record<string, Permit>> = {
  'GET /': EVERYBODY,
  'GET /docs': EVERYBODY,
  'GET /docs/*': EVERYBODY,
  'GET /favicon.ico': EVERYBODY,
  'GET /health': EVERYBODY,
  'GET /openapi.json': EVERYBODY,
  'GET /ui': EVERYBODY,
  'GET /ui/*': EVERYBODY,
  'POST /ui/*': EVERYBODY,
  'POST /guard/check': ASKS,
  'POST /guard/enforce': ASKS,
  'POST /audit': ASKS,
  'GET /approvals': CALLS,
  'GET /approvals/:id': CALLS,
  'GET /events': CALLS,
  'GET /audit': may('anonymous', 'own', ...READERS),
  'POST /approvals/:id/cancel': may('anonymous', 'own'),
  'POST /approvals/:id/approve': DECIDES,
  'POST /approvals/:id/code': DECIDES,
  'POST /approvals/:id/deny': DECIDES,
  'POST /approvals/complete': may('own', 'approver'),
  'GET /grants': DECIDES,
  'POST /grants': DECIDES,
  'POST /grants/:id/revoke': DECIDES,
  'GET /policy': may('anonymous', 'agent', ...READERS),
  'GET /policy/effective': may('anonymous', 'agent', ...READERS),
  'GET /policy/validate': may('anonymous', 'agent', ...READERS),
  'POST /policy/migrate': SETTINGS,
  'POST /policy/validate': SETTINGS,
  'GET /tools': SETTINGS,
  'POST /tools/accept': may('approver', 'operator'),
  'GET /webhooks': WEBHOOKS,
  'PUT /webhooks/:id': WEBHOOKS,
  'DELETE /webhooks/:id': WEBHOOKS,
  'GET /webhooks/:id/deliveries': WEBHOOKS,
  'POST /webhooks/:id/test': WEBHOOKS,
};

/** The firewall's own tools. */
const MCP: Readonly<Record<string, Permit>> = {
  firewall_enforce: ASKS,
  guard_check: ASKS,
  require_approval: may('anonymous', 'own'),
  policy_get: ASKS,
  audit_write: ASKS,
};

const SERVICES = may('services');

/** Questions on the bus, `<service>.<verb>`. A role is proved by the credential that comes with the question. */
const RPC: Readonly<Record<string, Permit>> = {
  'approvals.accept': DECIDES,
  'approvals.accept-by': may('approver', 'operator'),
  'approvals.cancel': SERVICES,
  'approvals.complete': may('own', 'approver'),
  'approvals.consume': SERVICES,
  'approvals.decide': DECIDES,
  'approvals.draw': DECIDES,
  'approvals.ends': SERVICES,
  'approvals.get': SERVICES,
  'approvals.grant': DECIDES,
  'approvals.grants': DECIDES,
  'approvals.health': SERVICES,
  'approvals.invite': may('machine'),
  'approvals.list': SERVICES,
  'approvals.own': SERVICES,
  'approvals.redeem': may('own'),
  'approvals.request': SERVICES,
  'approvals.revoke': DECIDES,
  'approvals.standing': SERVICES,
  'approvals.status': SERVICES,
  'approvals.tools': SERVICES,
  'approvals.webhook-deliveries': WEBHOOKS,
  'approvals.webhook-remove': WEBHOOKS,
  'approvals.webhook-save': WEBHOOKS,
  'approvals.webhook-test': WEBHOOKS,
  'approvals.webhooks': WEBHOOKS,
  'approvals.who': DECIDES,
  'audit.health': SERVICES,
  'audit.past': SERVICES,
  'audit.query': SERVICES,
  'audit.refused': SERVICES,
  'audit.write': SERVICES,
  'enforcer.enforce': SERVICES,
  'enforcer.health': SERVICES,
  'mcp.health': SERVICES,
  'notifier.health': SERVICES,
  'notifier.webhook-deliveries': SERVICES,
  'notifier.webhook-remove': SERVICES,
  'notifier.webhook-save': SERVICES,
  'notifier.webhook-test': SERVICES,
  'notifier.webhooks': SERVICES,
  'policy.check': SERVICES,
  'policy.checks': SERVICES,
  'policy.effective': SERVICES,
  'policy.first-admin': SERVICES,
  'policy.get': SERVICES,
  'policy.health': SERVICES,
  'policy.identities': may('machine'),
  'policy.identity-create': may('machine'),
  'policy.identity-recover': may('machine'),
  'policy.identity-remove': may('machine'),
  'policy.identity-revoke': may('machine'),
  'policy.identity-roles': may('machine'),
  'policy.identity-rotate': may('machine'),
  'policy.migrate': SERVICES,
  'policy.validate': SERVICES,
};

/** What a page shows and does, by its name; whoever is not signed in gets the form to sign in. */
const CONSOLE: Readonly<Record<string, Permit>> = {
  inbox: { may: ['approver'], reads: ['approver'] },
  approval: { may: ['approver'], reads: ['approver'] },
  history: { may: ['approver'], reads: ['approver'] },
  grants: DECIDES,
  tools: may('approver', 'operator'),
  webhooks: WEBHOOKS,
};

export const ACCESS = { rest: REST, mcp: MCP, rpc: RPC, console: CONSOLE } as const;

/** The row of a route; undefined where it has none. */
export const restPermit = (method: string, path: string): Permit | undefined =>
  REST[`${method === 'HEAD' ? 'GET' : method} ${path.startsWith('/docs/') ? '/docs/*' : path}`];
