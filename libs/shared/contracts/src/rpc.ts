import type { Fault } from '@aegis/kit/errors';
import { z } from 'zod';
import type { ServiceName } from './subjects.ts';

/** One question that a service answers: where it is asked, what goes in and out, and who may ask it. */
export type Rpc<Req extends z.ZodType = z.ZodType, Rep extends z.ZodType = z.ZodType> = {
  readonly service: ServiceName;
  readonly verb: string;
  readonly request: Req;
  readonly reply: Rep;
  /** The bus lets nobody else ask it. */
  readonly askedBy: readonly ServiceName[];
};

/** Defines a question. Its permissions, its place in docs/asyncapi.yaml and its fixture's test follow from this. */
export const rpc = <Req extends z.ZodType, Rep extends z.ZodType>(
  service: ServiceName,
  verb: string,
  request: Req,
  reply: Rep,
  { askedBy }: Pick<Rpc, 'askedBy'>,
): Rpc<Req, Rep> => ({ service, verb, request, reply, askedBy });

/** The request of a question that takes nothing. */
export const Empty = z.strictObject({});

/** What travels back. */
export type RpcReply = { data: unknown } | { error: Fault };
