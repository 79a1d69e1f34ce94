import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { parseTraceparent } from '@aegis/kit/trace';
import { headerOf, isRevision } from './era.ts';

const TYPES = ['application/json', 'text/event-stream'] as const;
/** W3C trace context, 3.3: a list of at most 512 characters. */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

/** Of a server's headers these and no others go to the client. */
const TO_CLIENT = ['content-type', 'cache-control', 'retry-after', 'allow', 'x-accel-buffering'];

const pick = (headers: IncomingHttpHeaders, names: readonly string[]): OutgoingHttpHeaders =>
  Object.fromEntries(
    names.filter((name) => headers[name] !== undefined).map((name) => [name, headers[name]]),
  );

/** A value where there is one: Node sends no header that is undefined here. */
const present = (headers: Readonly<Record<string, string | undefined>>): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));

/**
 * What goes to the server of a client's headers: no credentials, no cookies, no origin, no addresses, and of the rest
 * nothing that could say more than its purpose needs, as nobody judges or approves headers. `compared` are those
 * that were found to say what the body says; others of the protocol go on in their plain form only.
 */
export function headersToServer(
  headers: IncomingHttpHeaders,
  method: 'POST' | 'GET' | 'DELETE',
  compared: readonly string[],
): OutgoingHttpHeaders {
  const version = headerOf(headers, 'mcp-protocol-version');
  const tracestate = headerOf(headers, 'tracestate');
  const accepted = TYPES.filter((type) => accepts(headers.accept, type));
  return {
    ...present({
      accept: headers.accept === undefined || accepted.length === 0 ? undefined : accepted.join(', '),
      'mcp-protocol-version': isRevision(version) ? version : undefined,
      // Streams are taken up by GET alone.
      'last-event-id': method === 'GET' ? headerOf(headers, 'last-event-id') : undefined,
      traceparent: parseTraceparent(headers['traceparent']),
      tracestate: tracestate !== undefined && TRACESTATE.test(tracestate) ? tracestate : undefined,
    }),
    ...pick(headers, compared),
  };
}

/**
 * What goes to the client of a server's headers, where the body is passed on as it is; its length is new. Of its type only
 * the name: the body was read as UTF-8, and a reader who believed another charset would read another message.
 */
export const headersToClient = (headers: IncomingHttpHeaders): OutgoingHttpHeaders => ({
  ...pick(headers, TO_CLIENT),
  ...present({ 'content-type': headers['content-type']?.split(';', 1)[0]?.trim() }),
});

/** Whether an `Accept` header takes this type; without one everything is welcome (RFC 9110, 12.5.1). */
export function accepts(accept: string | undefined, type: 'application/json' | 'text/event-stream'): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  const [family] = type.split('/');
  return accept
    .split(',')
    .map((range) => range.split(';', 1)[0]?.trim().toLowerCase())
    .some((range) => range === type || range === '*/*' || range === `${family}/*`);
}

export const isType = (contentType: string | undefined, type: string): boolean =>
  contentType?.split(';', 1)[0]?.trim().toLowerCase() === type;
