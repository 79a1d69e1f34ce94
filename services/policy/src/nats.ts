import { type Bus, type Route, route } from '@aegis/bus';
import type { Service } from '@aegis/bus/service';
import { policyCheck } from '@aegis/contracts/decision';
import { healthOf } from '@aegis/contracts/health';
import { policyEffective, policyGet, policyMigrate, policyValidate } from '@aegis/contracts/policy';
import type { ActivePolicy } from '@aegis/replicas/policy';
import { announce, check, get, migrate, validate } from './answers.ts';

/** The policy service's ways in. `active` throws where this replica can't answer for the policy in force. */
export const routes = (
  bus: Bus,
  active: () => ActivePolicy,
  now: () => Date,
  health: Service['health'],
): Route[] => [
  route(policyCheck, (request) => {
    const at = now();
    const reply = check(active(), request, at);
    if (!request.on_record) announce(bus, request, reply, at);
    return reply;
  }),
  route(policyGet, () => get(active())),
  route(policyEffective, () => ({ policy: active().published.policy })),
  route(policyValidate, ({ policy }) => validate(policy === undefined ? active().published.policy : policy)),
  route(policyMigrate, ({ policy }) => migrate(policy)),
  route(healthOf('policy'), health),
];
