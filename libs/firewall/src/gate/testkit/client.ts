import type { Message, Notification, Request, Response } from '../../wire/message.ts';
import { readClientMessage, readServerMessage } from '../../wire/read-message.ts';
import type { Circumstances, Disposition, Gate } from '../api.ts';

function read(text: string): Message {
  const came = readClientMessage(Buffer.from(text));
  if ('refused' in came) throw new Error(came.refused.because);
  return came.message;
}

export const notification = (method: string, params?: object): Notification =>
  read(JSON.stringify({ jsonrpc: '2.0', method, params })) as Notification;

export const requestOf = (method: string, params?: object, id: string | number = 7): Request =>
  read(JSON.stringify({ jsonrpc: '2.0', id, method, params })) as Request;

/** A request from exactly this text. */
export const requestText = (text: string): Request => read(text) as Request;

export const callOf = (name: string, args?: object, more: object = {}): Request =>
  requestOf('tools/call', { name, arguments: args, ...more });

/** The envelope that a request of the 2026-07-28 era carries. */
export const MODERN = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': { elicitation: { url: {}, form: {} } },
};

export const response = (member: object, id: string | number = 7): Response => {
  const came = readServerMessage(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, ...member })));
  if ('nonsense' in came) throw new Error(came.nonsense);
  return came.message as Response;
};

export type Sending = {
  readonly disposition: Promise<Disposition>;
  readonly notified: string[];
  readonly abort: () => void;
  held: number;
};

/** Sends a request; the disposition comes when it comes. */
export function send(gate: Gate, request: Request): Sending {
  const controller = new AbortController();
  const notified: string[] = [];
  const circumstances: Circumstances = {
    signal: controller.signal,
    notify: (text) => void notified.push(text),
    held: () => void sending.held++,
  };
  const sending: Sending = {
    disposition: Promise.resolve().then(() => gate.request(request, circumstances)),
    notified,
    abort: () => controller.abort(),
    held: 0,
  };
  return sending;
}

type Answered = { id?: unknown; result?: Record<string, unknown>; error?: { code: number; message: string } };

/** The message that a client gets. */
export function answerOf(disposition: Disposition): Answered {
  if (disposition.type !== 'answer') throw new Error(`expected an answer and not ${disposition.type}`);
  return JSON.parse(disposition.text) as Answered;
}

/** The words in a tool result that says no. */
export function saidNo(disposition: Disposition): string {
  const { result } = answerOf(disposition);
  if (result?.['isError'] !== true) throw new Error(`no error: ${JSON.stringify(result)}`);
  return (result['content'] as { text: string }[])[0]?.text ?? '';
}

/** Lets the upstream answer a request that was let through; gives what the client gets. */
export function answered(disposition: Disposition, member: object): string {
  if (disposition.type !== 'forward' || !disposition.ended)
    throw new Error(`not sent: ${JSON.stringify(disposition)}`);
  const came = response(member);
  return disposition.ended({ type: 'response', response: came }) ?? came.text;
}
