import { expect, test } from 'vitest';
import { IDENTITIES, type Identity } from './identities.ts';
import { permissionsOf } from './permissions.ts';

const of = (service: string, ...verbs: string[]) => verbs.map((verb) => `aegis.rpc.${service}.${verb}`);

/** Who may ask what. A question's definition names its askers; who is to ask more stands here too, on purpose. */
const ASKS: Readonly<Record<Identity, readonly string[]>> = {
  admin: [],
  // Whoever is at the machine and has its key: no other part says who is who.
  policy: of(
    'policy',
    'identities',
    'identity-create',
    'identity-rotate',
    'identity-roles',
    'identity-recover',
    'identity-revoke',
    'identity-remove',
  ),
  enforcer: [...of('policy', 'check'), ...of('approvals', 'request', 'standing', 'consume')],
  approvals: [
    ...of('audit', 'query', 'past'),
    // Whoever is at the machine and has its key: no other part asks for a first approver.
    ...of('approvals', 'invite'),
    ...of('policy', 'first-admin'),
    ...of('notifier', 'webhooks', 'webhook-save', 'webhook-remove', 'webhook-test', 'webhook-deliveries'),
  ],
  notifier: [],
  audit: [],
  gateway: [
    ...of('policy', 'check', 'checks', 'get', 'effective', 'validate', 'migrate', 'health'),
    ...of('enforcer', 'enforce', 'health'),
    ...of(
      'approvals',
      'complete',
      'decide',
      'who',
      'draw',
      'cancel',
      'get',
      'list',
      'tools',
      'accept',
      'accept-by',
      'ends',
      'health',
    ),
    ...of('approvals', 'grant', 'grants', 'revoke'),
    ...of('approvals', 'webhooks', 'webhook-save', 'webhook-remove', 'webhook-test', 'webhook-deliveries'),
    ...of('notifier', 'health'),
    ...of('audit', 'write', 'refused', 'query', 'health'),
    ...of('mcp', 'health'),
  ],
  mcp: [
    ...of('policy', 'check', 'get'),
    ...of('enforcer', 'enforce'),
    // It speaks codes that a person gave it; it can't decide, draw one, or complete with the standing code.
    ...of('approvals', 'request', 'own', 'redeem', 'get', 'status', 'cancel'),
    ...of('audit', 'write', 'refused'),
  ],
  reader: [],
};

test.each(IDENTITIES)('%s may ask these questions, by their whole names, and no other', (identity) => {
  const asked = permissionsOf(identity).publish.filter((subject) =>
    /^(aegis\.rpc\b|[*>]|aegis\.[*>])/.test(subject),
  );
  expect(asked.toSorted()).toEqual(ASKS[identity].toSorted());
});
