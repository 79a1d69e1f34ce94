import type { Responder } from '@aegis/bus';
import { type Deps, healthFrom, type Service } from '@aegis/bus/service';
import type { PolicyPublished } from '@aegis/contracts/policy';
import { createOwn } from '@aegis/firewall/own';
import { takeOnChange } from '@aegis/kit/files';
import type { Logger } from '@aegis/kit/logger';
import { createIdentityReplica } from '@aegis/replicas/identities';
import { createPolicyReplica } from '@aegis/replicas/policy';
import { readCandidate } from './candidate.ts';
import type { PolicyConfig } from './config.ts';
import type { Candidate } from './domain/policy-log.ts';
import { routes } from './nats.ts';
import { identityRoutes } from './people/identities.ts';
import { createIdentityLog } from './people/identity-log.ts';
import { createImporting, NOTHING_TO_IMPORT } from './people/importing.ts';
import { offer } from './publish.ts';
import { createTrying } from './trying/trying.ts';
import { createWarnings } from './warnings.ts';

/** What of the file was refused; undefined where it is in force, or there is none. */
function refusalIn(candidate: Candidate | undefined, published: PolicyPublished | undefined) {
  if (candidate?.type === 'nothing' && published?.origin !== 'file') return undefined;
  const isInForce = candidate?.type === 'good' && candidate.policy.digest === published?.digest;
  return isInForce ? undefined : candidate?.rejected;
}

/** Why the file is not what is in force, as a sentence, or undefined where it is. */
function fileProblem(
  candidate: Candidate | undefined,
  published: PolicyPublished | undefined,
): string | undefined {
  const refused = refusalIn(candidate, published);
  if (refused !== undefined) {
    const instead = published
      ? 'the last good policy stays in force'
      : 'no policy is in force, so no call is allowed';
    return `the policy file ${refused.path} was refused (${refused.errors[0]}); ${instead}`;
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

/**
 * Owns the policy's versions: reads the file, records what is good, activates from the log, answers checks. And who is who.
 */
export function createPolicy({ bus, config, log, now }: Deps<PolicyConfig>): Service {
  const replica = createPolicyReplica(bus);
  const identities = createIdentityReplica(bus, { now });
  const identityLog = createIdentityLog({ bus, replica: identities, now });
  const { APPROVERS_FILE: path } = config;
  const importing =
    path === undefined
      ? NOTHING_TO_IMPORT
      : createImporting({ file: 'approvers', path, identities: identityLog, replica: identities, now, log });
  const own = createOwn(config);
  const trying = createTrying(() => replica.active());
  const warnings = createWarnings(log);
  let responder: Responder | undefined;
  let candidate: Candidate | undefined;
  let warned: string | undefined;

  const read = async (): Promise<Candidate> => {
    candidate = await readCandidate(config.POLICY_PATH);
    const { published } = replica.state;
    const problem = refusalIn(candidate, published) && fileProblem(candidate, published);
    if (problem !== undefined && problem !== warned) log.warn({ problem }, 'policy file not in force');
    warned = problem;
    return candidate;
  };
  const taking = takeOnChange(
    config.POLICY_PATH,
    async () => {
      await offer(bus, replica, read, now);
      warnings.tell(replica.state.published);
    },
    (err) => log.error({ err }, 'policy file not taken; will be tried again'),
  );

  const health = () =>
    healthFrom(
      [
        bus.problem(),
        replica.problem,
        identities.problem,
        importing.problem,
        fileProblem(candidate, replica.state.published),
      ],
      [...warnings.of(replica.state.published), ...importing.warnings],
    );

  return {
    async start() {
      await Promise.all([replica.start(), identities.start()]);
      await importing.start();
      await taking.start();
      warnOfNoPolicy(log, replica.state.published);
      const active = () => replica.active();
      responder = await bus.respond([
        ...routes({ bus, active, own, now, health }),
        ...identityRoutes({
          identities: identityLog,
          replica: identities,
          damage: () => importing.damage(),
          now,
        }),
        ...trying.routes,
      ]);
    },
    async stop() {
      taking.stop();
      importing.stop();
      await responder?.drain();
      trying.stop();
      await Promise.all([replica.stop(), identities.stop()]);
    },
    health,
  };
}
