import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import type { Rpc } from './rpc.ts';

/** One question and its answer, as its fixture has them: what the descriptions of the API show. */
export const fixtureOf = <Req extends z.ZodType, Rep extends z.ZodType>({ service, verb }: Rpc<Req, Rep>) =>
  JSON.parse(readFileSync(new URL(`./fixtures/rpc/${service}.${verb}.json`, import.meta.url), 'utf8')) as {
    request: z.infer<Req>;
    reply: z.infer<Rep>;
  };
