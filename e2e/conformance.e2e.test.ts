import { runSuite, toLines } from '@aegis/testkit/conformance/run-suite';
import { type ConformanceServer, startConformanceServer } from '@aegis/testkit/conformance/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allAudit } from './testkit/rest.ts';
import { startOpenStack } from './testkit/ruled-stack.ts';
import type { Stack } from './testkit/stack.ts';

/** As many checks as the server passes by itself; fewer, and the comparison would say less. */
const REQUIREMENTS = [
  { revision: '2025-11-25', passes: 84 },
  { revision: '2026-07-28', passes: 194 },
] as const;

let server: ConformanceServer;
let stack: Stack;
beforeAll(async () => {
  server = await startConformanceServer();
  stack = await startOpenStack({ conformance: { url: server.url } });
});
afterAll(async () => {
  await stack.stop();
  await server.close();
});

describe.each(REQUIREMENTS)('a server that conforms to $revision', ({ revision, passes }) => {
  it('conforms in the same way behind /mcp/{server}, check by check', async () => {
    const direct = await runSuite(server.url, revision);
    expect(direct.filter(({ status }) => status === 'SUCCESS').length).toBeGreaterThanOrEqual(passes);
    const through = await runSuite(`${stack.mcpUrl}/conformance`, revision);
    expect(toLines(through)).toEqual(toLines(direct));
  });
});

it('had every call of the suite on record', async () => {
  const called = (await allAudit(stack.url))
    .filter(({ type, status }) => type === 'aegis.decision.enforced.v1' && status === 'allowed')
    .map(({ tool }) => tool);
  expect(called).toContain('conformance.test_simple_text');
  expect(called).toContain('conformance.prompts/get');
  expect(called).toContain('conformance.resources/read');
});
