import { randomUUID } from 'node:crypto';
import { healthFrom } from '@aegis/bus/service';
import type { HealthReply } from '@aegis/contracts/health';
import { createPolicyReplica } from '@aegis/replicas/policy';
import type { Gate, GateOptions } from './api.ts';
import type { FirewallParts, Surroundings } from './firewall-parts.ts';
import { createGate } from './gate.ts';
import { createPinKeeper } from './pins/pin-keeper.ts';
import { createSeal } from './read/request-state.ts';
import { createTaskOwners } from './read/tasks.ts';
import { createRecorder } from './record/recorder.ts';
import { createAskedCalls } from './review/asked-calls.ts';
import { createHeldCalls } from './review/held-calls.ts';

export type FirewallDeps = Surroundings & {
  /** Seals what clients carry for us ({@link sealSecret}); without it, that is good in this process only. */
  readonly secret?: Uint8Array | undefined;
};

/** What all connections of one process share: the policy in force, the pins, the record. */
export type Firewall = {
  /** This run of the firewall: `aegis.alive.<instance>` is answered as long as it lives. */
  readonly instance: string;
  /** Judges one client of one server. Close it when the client or the server is gone. */
  gate(options: GateOptions): Gate;
  health(): HealthReply;
  /**
   * Holds no call for a person any longer, for who is about to stop: each is answered within half a second as one whose time
   * is up, and the question stays.
   */
  release(): void;
  /** Call it after all gates are closed: waits up to 2 s for what is still to be recorded. */
  close(): Promise<void>;
};

/** Starts judging: resolves once the policy in force and the pins are known. @throws where the bus can't be read */
export async function createFirewall({ secret, ...given }: FirewallDeps): Promise<Firewall> {
  const { bus, log, allowance, definitions, now, timeoutMs } = given;
  const instance = randomUUID();
  const parts: FirewallParts = {
    ...given,
    replica: createPolicyReplica(bus),
    pins: createPinKeeper({ bus, log, definitions, now, timeoutMs }),
    recorder: createRecorder({ bus, log, allowance, now, instance }),
    seal: createSeal(secret),
    held: createHeldCalls(),
    asked: createAskedCalls(),
    tasks: createTaskOwners(),
    continuations: new Map(),
  };
  const stopAnswering = await bus.alive.answer(instance);
  await Promise.all([parts.replica.start(), parts.pins.start()]);
  return {
    instance,
    gate: (options) => createGate(parts, options),
    health: () => healthFrom([bus.problem(), parts.replica.problem, parts.pins.problem]),
    release: () => parts.held.release(),
    async close() {
      await parts.recorder.close();
      await Promise.all([parts.replica.stop(), parts.pins.stop()]);
      await stopAnswering();
    },
  };
}
