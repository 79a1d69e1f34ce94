import { parseRequest } from '@aegis/kit/errors';
import { serveWorker } from '@aegis/kit/worker';
import { readJsonBody } from '../http/json-body.ts';
import { PolicyBody } from '../schemas/policy-body.ts';

/** The bytes of a body in, the same as JSON text out, read strictly and checked. Here nobody waits for a long one. */
serveWorker((body: Uint8Array) =>
  JSON.stringify(
    parseRequest(
      PolicyBody,
      readJsonBody(Buffer.from(body.buffer, body.byteOffset, body.length), Number.POSITIVE_INFINITY),
    ),
  ),
);
