import { randomBytes } from 'node:crypto';
import { createRequestStateCodec } from '@modelcontextprotocol/server';

/** What a flow of several rounds remembers between them. */
export type FlowState = { tool: string; step: number };

/** Signed, so that a client cannot make up a state; one key for as long as the process lives. */
export const stateCodec = createRequestStateCodec<FlowState>({ key: randomBytes(32) });
