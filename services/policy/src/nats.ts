import { type Bus, type Route, route } from '@aegis/bus';
import type { Service } from '@aegis/bus/service';
import { type CheckReply, type CheckRequest, policyCheck, policyChecks } from '@aegis/contracts/decision';
import { healthOf } from '@aegis/contracts/health';
import { policyEffective, policyGet } from '@aegis/contracts/policy';
import type { OwnReach } from '@aegis/policy-engine';
import type { ActivePolicy } from '@aegis/replicas/policy';
import { announce, check, get } from './answers.ts';

type RoutesDeps = {
  readonly bus: Bus;
  readonly active: () => ActivePolicy;
  readonly own: OwnReach;
  readonly now: () => Date;
  readonly health: Service['health'];
};

/** The policy service's ways in. `active` throws where this replica can't answer for the policy in force. */
export function routes({ bus, active, own, now, health }: RoutesDeps): Route[] {
  const answer = (request: CheckRequest): CheckReply => {
    const at = now();
    const reply = check(active(), own, request, at);
    if (!request.on_record) announce(bus, request, reply, at);
    return reply;
  };
  return [
    route(policyCheck, answer),
    route(policyChecks, ({ checks }) => ({ replies: checks.map(answer) })),
    route(policyGet, () => get(active())),
    route(policyEffective, () => ({ policy: active().published.policy })),
    route(healthOf('policy'), health),
  ];
}
