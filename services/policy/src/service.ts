import type { Responder } from '@aegis/bus';
import { type Deps, healthFrom, type Service } from '@aegis/bus/service';
import type { PolicyPublished } from '@aegis/contracts/policy';
import { createOwn } from '@aegis/firewall/own';
import { takeOnChange } from '@aegis/kit/files';
import type { Logger } from '@aegis/kit/logger';
import { createPolicyReplica } from '@aegis/replicas/policy';
import { readCandidate } from './candidate.ts';
import type { PolicyConfig } from './config.ts';
import type { Candidate } from './domain/policy-log.ts';
import { routes } from './nats.ts';
import { offer } from './publish.ts';
import { createTrying } from './trying/trying.ts';

/** Why the file is not what is in force, as a sentence, or undefined where it is. */
function fileProblem(
  candidate: Candidate | undefined,
  published: PolicyPublished | undefined,
): string | undefined {
  const isNothing = candidate?.type === 'nothing';
  if (candidate?.type === 'bad' || (isNothing && published?.origin === 'file')) {
    const { path, errors } = candidate.rejected;
    return `the policy file ${path} was refused (${errors[0]}); the last good policy stays in force`;
  }
  if (candidate?.type === 'good' && published && published.digest !== candidate.policy.digest) {
    return `the policy in force is not the one in ${candidate.policy.path}`;
  }
  return undefined;
}

/** Nobody wrote what is in force. An earlier version put on record that everything is allowed, and there that stays. */
function warnOfNoPolicy(log: Logger, published: PolicyPublished | undefined): void {
  if (published?.origin !== 'defaults') return;
  const { path, version } = published;
  if (version === 1) log.warn({ path }, 'no policy was written: every tool is allowed, as it was before');
  else log.warn({ path }, 'no policy was written: a person is asked about every call');
}

/** Owns the policy's versions: reads the file, records what is good, activates from the log, answers checks. */
export function createPolicy({ bus, config, log, now }: Deps<PolicyConfig>): Service {
  const replica = createPolicyReplica(bus);
  const own = createOwn(config);
  const trying = createTrying(() => replica.active());
  let responder: Responder | undefined;
  let candidate: Candidate | undefined;
  let warned: string | undefined;

  const read = async (): Promise<Candidate> => {
    candidate = await readCandidate(config.POLICY_PATH);
    const problem = fileProblem(candidate, undefined);
    if (problem !== undefined && problem !== warned) log.warn({ problem }, 'policy file not in force');
    warned = problem;
    return candidate;
  };
  const taking = takeOnChange(
    config.POLICY_PATH,
    () => offer(bus, replica, read, now),
    (err) => log.error({ err }, 'policy file not taken; will be tried again'),
  );

  const health = () =>
    healthFrom([bus.problem(), replica.problem, fileProblem(candidate, replica.state.published)]);

  return {
    async start() {
      await replica.start();
      await taking.start();
      warnOfNoPolicy(log, replica.state.published);
      const active = () => replica.active();
      responder = await bus.respond([...routes({ bus, active, own, now, health }), ...trying.routes]);
    },
    async stop() {
      taking.stop();
      await responder?.drain();
      trying.stop();
      await replica.stop();
    },
    health,
  };
}
