import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { enforce } from './testkit/rest.ts';
import { startStack } from './testkit/stack.ts';

const EXAMPLE = fileURLToPath(new URL('../examples/subscribe.ts', import.meta.url));

it('examples/subscribe.ts prints a decision when it is made', async () => {
  const stack = await startStack();
  onTestFinished(() => stack.stop());
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [EXAMPLE], { env: { PATH, AEGIS_DATA_DIR: stack.dataDir } });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill();
    await ended;
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));

  const traces = new Set<string>();
  await expect
    .poll(
      async () => {
        if (child.exitCode !== null) throw new Error(`the example ended: ${printed}`);
        const { body } = await enforce(stack.url, { tool: 'db.drop_table' });
        traces.add(body.trace_id);
        return printed;
      },
      { timeout: 20_000, interval: 200 },
    )
    .toContain('aegis.events.decision.enforce.blocked');

  const [line = ''] = printed.split('\n');
  const event = JSON.parse(line.slice(line.indexOf(' '))) as {
    traceparent: string;
    data: { outcome: string };
  };
  expect(event.data.outcome).toBe('blocked');
  expect(traces).toContain(event.traceparent.slice(3, 35));
});
