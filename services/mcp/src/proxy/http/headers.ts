import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** What a message's Content-Type must be: readers that obey another charset read another message. */
const JSON_IN_UTF8 = /^application\/json[ \t]*(;[ \t]*charset[ \t]*=[ \t]*"?utf-8"?[ \t]*)?;?[ \t]*$/i;
export const isJsonInUtf8 = (contentType: string | undefined): boolean =>
  JSON_IN_UTF8.test(contentType ?? '');

/** Of a client's headers these and no others go to the server: no credentials, no cookies, no origin, no addresses. */
const TO_SERVER = ['accept', 'mcp-protocol-version', 'last-event-id', 'traceparent', 'tracestate'];
/** Only the revisions that define them give these a meaning, and only there they were compared with the body. */
const VERIFIED = ['mcp-method', 'mcp-name'];

/** Of a server's headers these and no others go to the client. */
const TO_CLIENT = ['content-type', 'cache-control', 'retry-after', 'allow', 'x-accel-buffering'];

const pick = (headers: IncomingHttpHeaders, names: readonly string[]): OutgoingHttpHeaders =>
  Object.fromEntries(
    names.filter((name) => headers[name] !== undefined).map((name) => [name, headers[name]]),
  );

/** What goes to the server of a client's headers. `Mcp-Method` and its like only where they were verified. */
export const headersToServer = (headers: IncomingHttpHeaders, areVerified: boolean): OutgoingHttpHeaders =>
  pick(headers, areVerified ? [...TO_SERVER, ...VERIFIED] : TO_SERVER);

/** What goes to the client of a server's headers, where the body is passed on as it is; its length is new. */
export const headersToClient = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  pick(headers, TO_CLIENT);

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
