import { earlierVersion, isBetween, startCommand } from '../../../relay/data-directory.js';
import { describeStack, gatewayAddress } from '../../gateway/address.ts';
import { HealthAnswer } from '../../gateway/answers.ts';
import { exchange } from '../../gateway/client.ts';
import { NoAnswer } from '../../gateway/no-answer.ts';
import { type Finding, fail, type Look, ok, warn } from './finding.ts';

const NAME = 'stack';
/** What helps against the warnings of a part. */
const MEND: Readonly<Record<string, string>> = {
  audit: 'make room: what is on record is never removed by itself',
  policy: 'mend the policy file: it is taken as soon as it is saved',
};
/** What a file of before says of names that it could not give has its own remedy in it. */
const OF_BEFORE = /was not taken over|was changed since it was taken over/;
const mendOf = (part: string, warning: string): string =>
  OF_BEFORE.test(warning)
    ? 'do what the sentence says'
    : (MEND[part] ?? 'mend what is named; more is in its log');

function judge(base: URL, status: number, body: unknown): Finding[] {
  const health = HealthAnswer.safeParse(body);
  if (!health.success) {
    const message = `what answers at ${base.href} (HTTP ${status}) is not AegisMCP`;
    return [fail(NAME, message, 'name the right gateway by --url or AEGIS_URL')];
  }
  const { status: word, parts, warnings } = health.data;
  const toKnow = Object.entries(warnings).flatMap(([part, said]) =>
    said.map((warning) => warn(NAME, warning, mendOf(part, warning))),
  );
  if (status === 200 && word === 'ok') return [ok(NAME, `well, at ${base.href}`), ...toKnow];
  const named = Object.entries(parts).map(([part, problems]) => `${part}: ${problems.join(' ')}`);
  const message = [`${word}, at ${base.href}`, ...named].join('; ');
  return [fail(NAME, message, 'mend the part that is named; what it needs is in its log'), ...toKnow];
}

async function lookAt(base: URL): Promise<Finding[]> {
  try {
    const { status, body } = await exchange(base, { method: 'GET', path: 'health' });
    return judge(base, status, body);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return [fail(NAME, error.what, error.mend)];
  }
}

/** Not running is no fault of the installation; running and not well is. */
export const lookAtStack: Look = async ({ url, env, stack, dataDir }) => {
  if (url === undefined && !env['AEGIS_URL'] && stack.state === 'between')
    return [
      warn(NAME, isBetween(dataDir, stack.phase, stack.pid), 'wait until that is done, and run this again'),
    ];
  if (url === undefined && !env['AEGIS_URL'] && stack.state !== 'running') {
    const message = describeStack(stack, dataDir) ?? `none runs from the data directory ${dataDir}`;
    return [warn(NAME, message, `start it with "${startCommand()}"`)];
  }
  if (url === undefined && stack.state === 'running' && stack.stack.agent_address === undefined) {
    const mend = 'stop it and start it again, as this sentence says';
    return [fail(NAME, earlierVersion(dataDir, stack.stack.pid), mend)];
  }
  return lookAt(await gatewayAddress(url, env));
};
