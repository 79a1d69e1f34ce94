import type { Agent, Answer } from './agent.ts';
import { type Call, describeCall } from './calls.ts';
import { type LiveEvents, traceIdOf } from './live-events.ts';
import type { Person } from './person.ts';

export type Stations = { agent: Agent; events: LiveEvents; person: Person; gateway: string };

type AuditLine = { seq: number; action: string; status: string | null; trace_id: string };

const say = (station: string, line: string): void => console.log(`   ${station.padEnd(8)} ${line}`);

const because = ({ reasons }: Answer): string => (reasons.length === 0 ? '' : `: ${reasons.join('; ')}`);

/** What the policy says; advice, on no record. */
async function showCheck({ agent }: Stations, call: Call): Promise<void> {
  const answer = await agent.check(call);
  const word = answer.allowed ? 'allow' : answer.approval_required ? 'review' : 'deny';
  say('check', `${word}${because(answer)}`);
}

/** The binding answer, and its decision as the bus shows it to everybody who listens. */
async function showEnforce({ agent, events }: Stations, call: Call, dryRunId: string): Promise<Answer> {
  const answer = await agent.enforce(call, dryRunId);
  say('enforce', `${answer.status}${because(answer)}`);
  const { seq, type, data } = await events.find(
    (event) =>
      event.type === 'aegis.decision.enforced.v1' &&
      traceIdOf(event) === answer.trace_id &&
      event.data['outcome'] === answer.status,
  );
  const rule = data['rule'] as { index: number; match: string } | undefined;
  say('event', `${type} at ${seq}, ${rule ? `by rule ${rule.index} '${rule.match}'` : 'by no rule'}`);
  return answer;
}

/** What the audit log has under the call's trace, oldest first. */
async function showAudit({ gateway }: Stations, call: Call, traceId: string | undefined): Promise<void> {
  const response = await fetch(`${gateway}/audit?tool=${encodeURIComponent(call.tool)}`);
  if (!response.ok) throw new Error(`GET /audit: ${await response.text()}`);
  const { entries } = (await response.json()) as { entries: AuditLine[] };
  for (const { seq, action, status } of entries.filter((line) => line.trace_id === traceId).toReversed()) {
    say('audit', `line ${seq}: ${action} ${status ?? ''}`);
  }
}

/** Takes one call through every station of the firewall and prints what happened at each. */
export async function walk(stations: Stations, call: Call, title: string, dryRunId: string): Promise<void> {
  console.log(`\n${title}. ${describeCall(call)}  (${call.shows})`);
  await showCheck(stations, call);
  const answer = await showEnforce(stations, call, dryRunId);
  if (answer.status === 'pending' && answer.approval_id !== undefined) {
    const how = await stations.person(answer.approval_id, (line) => say('person', line));
    say('approval', `${answer.approval_id} is ${how}`);
    await showEnforce(stations, call, dryRunId);
  }
  await showAudit(stations, call, answer.trace_id);
}
