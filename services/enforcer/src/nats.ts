import { type Route, route } from '@aegis/bus';
import type { Service } from '@aegis/bus/service';
import { enforce } from '@aegis/contracts/decision';
import { healthOf } from '@aegis/contracts/health';
import type { Enforce } from './enforce.ts';

/** The enforcer's ways in. */
export const routes = (run: Enforce, health: Service['health']): Route[] => [
  route(enforce, run),
  route(healthOf('enforcer'), health),
];
