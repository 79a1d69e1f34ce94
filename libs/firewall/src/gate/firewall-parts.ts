import type { Bus } from '@aegis/bus';
import type { Allowance, Limiter } from '@aegis/kit/allowance';
import type { Logger } from '@aegis/kit/logger';
import type { OwnReach } from '@aegis/policy-engine';
import type { PolicyReplica } from '@aegis/replicas/policy';
import type { PinKeeper } from './pins/pin-keeper.ts';
import type { Seal } from './read/request-state.ts';
import type { TaskOwners } from './read/tasks.ts';
import type { Recorder } from './record/recorder.ts';
import type { AskedCalls } from './review/asked-calls.ts';
import type { HeldCalls } from './review/held-calls.ts';

/** Where a firewall stands. */
export type Surroundings = {
  /** A bus as the identity `mcp`. The caller opens and closes it. */
  readonly bus: Bus;
  readonly log: Logger;
  readonly now: () => Date;
  /** How long a question on the bus, or a write to the record, may take, in milliseconds. */
  readonly timeoutMs: number;
  /** What one caller may have written. */
  readonly allowance: Allowance;
  /** What may be put on record of the definitions of one server, for one principal. */
  readonly definitions: Limiter;
  /** Finds what reaches the firewall itself, which no rule opens. */
  readonly own: OwnReach;
  /** Where people find the console, such as `http://127.0.0.1:8000`. Without it no call sends anybody there. */
  readonly consoleUrl?: string | undefined;
  /** Keys of `_meta` that clients fill with an id of the moment: they are no part of a call. */
  readonly unboundMeta?: ReadonlySet<string> | undefined;
};

/** What all gates of this process share. */
export type FirewallParts = Surroundings & {
  readonly replica: PolicyReplica;
  readonly pins: PinKeeper;
  readonly recorder: Recorder;
  readonly seal: Seal;
  readonly held: HeldCalls;
  readonly asked: AskedCalls;
  readonly tasks: TaskOwners;
  /** What may continue an approved call, each once: the nonce and until when it may. */
  readonly continuations: Map<string, number>;
};
