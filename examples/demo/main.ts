import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { dataDirOf, readStackFile } from '../../cli/src/local/stack/stack-file.ts';
import { startAgent } from './agent.ts';
import { CALLS } from './calls.ts';
import { followEvents, type LiveEvents } from './live-events.ts';
import { byRest, inTheBrowser, type Person } from './person.ts';
import { walk } from './stations.ts';

/** A sentence for the person who started the demo. */
class CannotRun extends Error {}

const NO_CODE =
  '--yes needs the approval code in APPROVAL_CODE. "npm start" prints the one that it made; run\n' +
  '  APPROVAL_CODE=<that code> npm run demo -- --yes\n' +
  'or leave out --yes and approve in the browser.';

async function findGateway(dataDir: string): Promise<string> {
  const found = await readStackFile(dataDir);
  if (found.state === 'running') return found.stack.gateway_url;
  throw new CannotRun(
    `No AegisMCP runs from the data directory ${dataDir}: start it with "npm start" in another terminal, or set AEGIS_DATA_DIR.`,
  );
}

/** With a code, we approve by REST; without, a person does it in the browser. */
const choosePerson = (code: string | undefined, gateway: string, events: LiveEvents): Person =>
  code === undefined ? inTheBrowser(gateway, events) : byRest(gateway, events, code);

async function demo(): Promise<void> {
  const { values } = parseArgs({ options: { yes: { type: 'boolean', default: false } } });
  const code = values.yes ? process.env['APPROVAL_CODE'] : undefined;
  if (values.yes && !code) throw new CannotRun(NO_CODE);
  const dataDir = dataDirOf(process.env);
  const gateway = await findGateway(dataDir);
  const events = await followEvents(gateway);
  const agent = await startAgent(dataDir);
  try {
    console.log(`The firewall is at ${gateway}. The agent sees the tools ${agent.tools.join(', ')}.`);
    const person = choosePerson(code, gateway, events);
    const run = randomUUID().slice(0, 8);
    for (const [index, call] of CALLS.entries()) {
      await walk({ agent, events, person, gateway }, call, String(index + 1), `demo-${run}-${index + 1}`);
    }
    console.log('\nEvery step is in the audit log: npx aegis audit tail');
  } finally {
    await agent.close();
    events.close();
  }
}

demo().catch((error: unknown) => {
  process.exitCode = 1;
  if (!(error instanceof Error)) throw error;
  console.error(error instanceof CannotRun ? error.message : `The demo stopped: ${error.message}`);
});
