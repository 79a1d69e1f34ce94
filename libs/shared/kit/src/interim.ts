import type { ClientRequest } from 'node:http';

/** So often a server may say that it goes on (HTTP 1xx) before it answers: each costs as much, and says nothing. */
const MOST_INTERIM = 64;

/** Why nobody listens any more, as the end of a sentence. */
export const ONLY_INTERIM = `it said that it goes on more than ${MOST_INTERIM} times, and did not`;

/** Ends a request with an error of the caller's where its server says without end that it goes on, and never answers. */
export function limitInterim(request: ClientRequest, error: (because: string) => Error): void {
  let said = 0;
  request.on('information', () => {
    if (++said > MOST_INTERIM) request.destroy(error(ONLY_INTERIM));
  });
}
