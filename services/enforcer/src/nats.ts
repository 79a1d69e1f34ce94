import { type RequestContext, type Route, route } from '@aegis/bus';
import type { Service } from '@aegis/bus/service';
import { enforce } from '@aegis/contracts/decision';
import { healthOf } from '@aegis/contracts/health';
import type { Enforce } from './enforce.ts';

/** Time to say what did not answer, of what the asker gives: at most this, and no more than a fifth. */
const ANSWER_MS = 200;
const SHARE = 5;
const within = (context: RequestContext): RequestContext => ({
  ...context,
  deadlineMs: Math.floor(context.deadlineMs - Math.min(ANSWER_MS, (context.deadlineMs - Date.now()) / SHARE)),
});

/** The enforcer's ways in. */
export const routes = (run: Enforce, health: Service['health']): Route[] => [
  route(enforce, (request, context) => run(request, within(context))),
  route(healthOf('enforcer'), health),
];
