import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { failure, wrongUsage } from './cli-error.ts';
import type { Host } from './host.ts';

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/** The first line of standard input; at a terminal nothing is echoed. */
export async function readSecretLine(host: Host, question: string): Promise<string> {
  const terminal = host.stdin.isTTY === true;
  if (terminal) host.stderr.write(question);
  const lines = createInterface({ input: host.stdin, output: nowhere(), terminal });
  const line = await new Promise<string | undefined>((resolve, reject) => {
    lines.once('line', resolve);
    lines.once('close', () => resolve(undefined));
    lines.once('SIGINT', () => reject(failure('interrupted', 'Interrupted', 'Nothing was decided.')));
  }).finally(() => {
    lines.close();
    if (terminal) host.stderr.write('\n');
  });
  return line ?? '';
}

/**
 * The code that approves: `--code`, else `APPROVAL_CODE`, else asked for at a terminal without echo, else the first line
 * of standard input. A wrong code denies, so an empty one is never sent.
 * @throws CliError wrong usage where there is none
 */
export async function approvalCode(host: Host, given: string | undefined): Promise<string> {
  const code = given ?? (host.env['APPROVAL_CODE'] || (await readSecretLine(host, 'Approval code: ')));
  if (code === '') {
    throw wrongUsage('There is no approval code: give it by --code, APPROVAL_CODE or standard input.');
  }
  return code;
}
