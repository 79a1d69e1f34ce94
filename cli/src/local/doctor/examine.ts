import { paintStatus } from '../../format/paint.ts';
import { visible } from '../../format/visible.ts';
import type { ExitCode, GlobalOptions, Host } from '../../host.ts';
import { printDocument, printLine } from '../../output.ts';
import { dataDirOf, readStackFile } from '../stack/stack-file.ts';
import { lookAtApprovers } from './approvers.ts';
import { lookAtCallers } from './callers.ts';
import { lookAtClients } from './clients.ts';
import { lookAtDataDirectory } from './data-directory.ts';
import { lookAtDocker } from './docker.ts';
import type { Finding, Look } from './finding.ts';
import { lookAtNatsServer } from './nats-server.ts';
import { lookAtNode } from './node.ts';
import { lookAtPolicyFile } from './policy-file.ts';
import { lookAtPorts } from './ports.ts';
import { lookAtStack } from './stack.ts';

const LOOKS: readonly Look[] = [
  lookAtNode,
  lookAtNatsServer,
  lookAtDataDirectory,
  lookAtPolicyFile,
  lookAtPorts,
  lookAtStack,
  lookAtApprovers,
  lookAtCallers,
  lookAtClients,
  lookAtDocker,
];

const LEVEL_WIDTH = 4;

/** One finding for people: the level, what was found, and on a line of its own how to mend it. */
export function describeFinding(host: Host, { level, name, message, mend }: Finding): string[] {
  const padding = ' '.repeat(LEVEL_WIDTH - level.length);
  const line = `${paintStatus(host, level)}${padding}  ${name}: ${visible(message)}`;
  return mend === undefined ? [line] : [line, `      to mend: ${visible(mend)}`];
}

/** Looks at everything and says what was found. 1 where something fails; a warning is no failure. */
export async function examine(host: Host, { json, url }: GlobalOptions): Promise<ExitCode> {
  const dataDir = dataDirOf(host.env);
  const patient = { env: host.env, dataDir, stack: await readStackFile(dataDir), url };
  const findings = (await Promise.all(LOOKS.map((look) => look(patient)))).flat();
  const isWell = findings.every(({ level }) => level !== 'fail');
  if (json) printDocument(host, { ok: isWell, findings });
  else
    for (const line of findings.flatMap((finding) => describeFinding(host, finding))) printLine(host, line);
  return isWell ? 0 : 1;
}
