import { couldPassUnder } from '@aegis/policy-engine';
import type { Request } from '../../wire/message.ts';
import type { JudgedAs } from '../../wire/methods.ts';
import type { GateOptions } from '../api.ts';
import { isAboutIt, type Ruling } from '../by-default.ts';
import type { FirewallParts } from '../firewall-parts.ts';

/** What lists are of: names that begin so. Who listens hears of all three. */
const LISTED: ReadonlyMap<string, string> = new Map([
  ['prompts/list', 'prompt:'],
  ['resources/list', 'resource:'],
  ['resources/templates/list', 'resource:'],
  ['subscriptions/listen', ''],
]);

/**
 * Whether a known method may reach the server that only shows what there is, or goes on with what was let through: a rule
 * against everything is against it only where everything of its kind is denied.
 */
export function mayShow(
  { replica, tasks }: Pick<FirewallParts, 'replica' | 'tasks'>,
  { server, principal }: Pick<GateOptions, 'server' | 'principal'>,
  { method, params }: Request,
  as: JudgedAs,
  ruling: Ruling,
): boolean {
  if (ruling.decision === 'allow') return true;
  if (ruling.decision === 'review' || ruling.built_in !== undefined || isAboutIt(ruling)) return false;
  if (as === 'task') {
    const { taskId } = params ?? {};
    return typeof taskId === 'string' && tasks.callOf(server, taskId) !== undefined;
  }
  const beginning = LISTED.get(method);
  return (
    beginning !== undefined && couldPassUnder(replica.active().compiled, beginning, { server, principal })
  );
}
