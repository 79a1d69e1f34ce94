import { setTimeout as sleep } from 'node:timers/promises';
import { policyGet } from '@aegis/contracts/policy';
import { BusEnv } from '@aegis/kit/env';
import { z } from 'zod';
import { type Responder, route } from '../../mod.ts';
import { healthFrom } from '../mod.ts';
import { runService } from '../run-service.ts';

const Env = z.object({
  ...BusEnv.shape,
  ANSWER_AFTER_MS: z.coerce.number().default(0),
  /** What is wrong with the service, for its health. */
  PROBLEM: z.string().optional(),
  /** Its stop never ends. */
  HANGS: z.string().optional(),
});

const DIGEST = `sha256:${'0'.repeat(64)}`;

/** A service as small as one can be, run as every service is. */
runService('policy', Env, ({ bus, config }) => {
  let responder: Responder | undefined;
  return {
    async start() {
      responder = await bus.respond([
        route(policyGet, async () => {
          await sleep(config.ANSWER_AFTER_MS);
          return { policy: {}, path: '/policy.yml', digest: DIGEST, version: 2 as const };
        }),
      ]);
    },
    async stop() {
      if (config.HANGS !== undefined) await new Promise(() => setInterval(() => undefined, 1_000));
      await responder?.drain();
    },
    health: () => healthFrom([config.PROBLEM]),
  };
});
