import { randomUUID } from 'node:crypto';
import { type Bus, connectBus, type Fact } from '@aegis/bus';
import { seedFile } from '@aegis/bus/law';
import { createEvent } from '@aegis/contracts/create-event';
import { AUDIT_LOG, LOG } from '@aegis/contracts/subjects';
import { createLogger } from '@aegis/kit/logger';
import { osUserPrincipal } from '@aegis/kit/os-user';
import { wrongUsage } from '../../cli-error.ts';
import { visible } from '../../format/visible.ts';
import type { ExitCode, GlobalOptions, Host } from '../../host.ts';
import { printDocument, printLine } from '../../output.ts';
import { dataDirOf, readStackFile } from '../stack/stack-file.ts';
import { type MendPlan, planMend } from './mend-plan.ts';

const WITHIN_MS = 10_000;
/** As many places as the record names. */
const MOST_NAMED = 1_000;
const EXACT = new RegExp(`^${LOG.replace('.', '\\.')}(\\.[A-Za-z0-9_-]+)+$`);

type Address = { readonly url: string; readonly seedPath?: string | undefined };

/** The server that the environment names, else the one of the firewall that runs here. */
async function addressOf({ env }: Host): Promise<Address> {
  const url = env['NATS_URL'];
  if (url) return { url, seedPath: env['NATS_NKEY_FILE'] || undefined };
  const found = await readStackFile(dataDirOf(env));
  if (found.state !== 'running') {
    throw wrongUsage(
      'No firewall runs from this data directory: start it, or set NATS_URL to the server, and NATS_NKEY_FILE to its admin key (keys/admin.nk).',
    );
  }
  return { url: found.stack.nats_url, seedPath: seedFile(found.stack.keys_dir, 'admin') };
}

/** What is written: the last good event again as the newest, and who did it, both or nothing. */
function factsOf(subject: string, { skipped, lastSeq, good, standsOnLast }: MendPlan): Fact[] {
  const restored = standsOnLast ? good : undefined;
  const mended = createEvent({
    type: 'aegis.audit.mended.v1',
    source: 'operator',
    time: new Date().toISOString(),
    data: {
      subject,
      by: osUserPrincipal(),
      skipped: skipped.slice(-MOST_NAMED),
      ...(restored && { restored: restored.seq }),
    },
  });
  const onRecord = { subject: AUDIT_LOG, event: mended };
  if (restored === undefined) return [onRecord];
  // Its own time: an answer that was kept then is not kept longer for it.
  const again = { ...restored.event, id: randomUUID() };
  return [{ subject, event: again, expect: lastSeq }, onRecord];
}

function outcomeOf(subject: string, { skipped, lastSeq, good, standsOnLast }: MendPlan): string {
  const name = visible(subject);
  if (lastSeq === 0) return `there is nothing on ${name}`;
  if (skipped.length === 0) return `the last message on ${name} is a good event: nothing to mend`;
  const found = `no event of ${name}, and passed over: ${skipped.slice(-MOST_NAMED).join(', ')}`;
  if (!standsOnLast)
    return `${found}\nnothing stands on the last message of this subject; that you looked is on record`;
  if (good === undefined) {
    return `${found}\nnothing on this subject was ever an event: what it would be the state of is refused, and nothing is written to it; that you looked is on record`;
  }
  return `${found}\nwhat was stored at ${good.seq} counts again, as the newest; that you did this is on record`;
}

async function mend(bus: Bus, subject: string): Promise<MendPlan> {
  const { seq: end } = await bus.read.end(Date.now() + WITHIN_MS);
  const plan = await planMend(subject, bus.range.read(subject, 0, end));
  if (plan.skipped.length > 0) await bus.append.all(factsOf(subject, plan), Date.now() + WITHIN_MS, true);
  return plan;
}

/**
 * Mends a subject of the log whose last messages are none of its events: the last good one is written again as the newest,
 * compare-and-set, in one batch with who did it.
 */
export async function mendBroker(host: Host, subject: string, { json }: GlobalOptions): Promise<ExitCode> {
  if (!EXACT.test(subject))
    throw wrongUsage(`Name one subject of the log, such as ${LOG}.policy, as the health names it.`);
  const log = createLogger('aegis', 'silent');
  const bus = await connectBus({ ...(await addressOf(host)), identity: 'admin', log });
  try {
    const plan = await mend(bus, subject);
    const { skipped, good, standsOnLast } = plan;
    const restored = skipped.length > 0 && standsOnLast ? good?.seq : undefined;
    if (json) printDocument(host, { ok: true, subject, skipped, restored: restored ?? null });
    else for (const line of outcomeOf(subject, plan).split('\n')) printLine(host, line);
    return 0;
  } finally {
    await bus.close();
  }
}
