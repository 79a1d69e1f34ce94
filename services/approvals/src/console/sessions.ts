import { createHmac, randomBytes } from 'node:crypto';
import { NOBODY_APPROVES } from '@aegis/contracts/approval-words';
import type { SessionView } from '@aegis/contracts/console';
import { AppError } from '@aegis/kit/errors';
import { parseJson } from '@aegis/kit/json';
import { holderOf, keyDigest } from '@aegis/kit/keys';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Approver } from '../domain/approver.ts';
import type { Approvers, SignedIn } from '../people/approvers.ts';
import type { SessionSecret } from '../people/session-secret.ts';
import { clearsOf, cookiesOf } from './one-cookie.ts';

/** Where the page keeps its half, and how long the session lasts there: a working day; an hour in addresses. */
const LASTS_MS = { storage: 8 * 60 * 60_000, path: 60 * 60_000 } as const;

/** As many as an approver's key has: its digest says nothing of it. */
const HALF_BYTES = 32;
const PAGE_TOKEN = 'x-page-token';
const TWO_COOKIES =
  'Another program on this machine has set a cookie in the place of yours; both were taken away. Sign in again.';

/** What the cookie says, signed: who, bound to their secret as it was, the digest of the page's half, until when. */
const Ticket = z.strictObject({ name: z.string(), bound: z.string(), page: z.string(), until: z.number() });
type Ticket = z.infer<typeof Ticket>;

/** `page`: the digest of its page token, which no other session has. */
export type Session = { readonly by: Approver; readonly page: string; readonly untilMs: number };

export type Sessions = {
  /**
   * Starts a session, whichever way its person was known: sets its cookie, and gives the page's half, which is kept nowhere
   * else. The browser adds the cookie for any port of this host; the half is what tells our pages from theirs.
   */
  open(
    by: SignedIn,
    reply: FastifyReply,
    keptIn: keyof typeof LASTS_MS,
  ): { session: Session; pageToken: string };
  /**
   * Whose cookie and half these are; undefined where one is missing, both are not of one session, or the person's secret is
   * another one by now. The half comes in the header `x-page-token`, or where it is `given` from an address.
   */
  of(request: FastifyRequest, given?: string): Session | undefined;
  /** @throws AppError `unauthorized` */
  require(request: FastifyRequest, given?: string): Session;
  /** Ends it here; another replica that has not heard of it knows it until its time is over. */
  end(session: Session, reply: FastifyReply): void;
  /** Takes all away where the browser has two cookies for it, one of them somebody else's: so the next sign-in counts. */
  refuseTwo(request: FastifyRequest, reply: FastifyReply): void;
  view(session: Session): SessionView;
};

type SessionsDeps = {
  secret: Pick<SessionSecret, 'current'>;
  approvers: Pick<Approvers, 'known' | 'isNobody'>;
  now: () => Date;
  /** Whether people come by TLS: then the cookie is never sent otherwise, and is bound to its host. */
  isSecure: boolean;
};

const encode = (ticket: Ticket): string => Buffer.from(JSON.stringify(ticket)).toString('base64url');

function decode(value: string): Ticket | undefined {
  try {
    return Ticket.safeParse(parseJson(Buffer.from(value, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Sessions that people ended, until they would have ended by themselves: copies of both halves are worth nothing then. */
function createEnded(now: () => Date) {
  const ended = new Map<string, number>();
  return {
    has: (page: string): boolean => ended.has(page),
    add({ page, untilMs }: Session): void {
      for (const [other, until] of ended) if (until <= now().getTime()) ended.delete(other);
      ended.set(page, untilMs);
    },
  };
}

export function createSessions({ secret, approvers, now, isSecure }: SessionsDeps): Sessions {
  const ended = createEnded(now);
  const cookie = isSecure ? '__Host-aegis_session' : 'aegis_session';
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure, signed: true } as const;
  /** Of what the service keeps of a person's secret, so that the session ends with it. */
  const boundTo = (keyId: string): string =>
    createHmac('sha256', secret.current).update(keyId).digest('base64url');
  const hasTwo = ({ headers }: FastifyRequest): boolean => cookiesOf(headers.cookie, cookie).length > 1;

  const howToSignIn = (): string =>
    approvers.isNobody ? `${NOBODY_APPROVES}.` : 'Sign in with the code, or with your own key.';

  /** What the cookie says, where it is ours, and the only one. */
  const ticketOf = (request: FastifyRequest): Ticket | undefined => {
    const [only = '', ...more] = cookiesOf(request.headers.cookie, cookie);
    if (more.length > 0) return undefined;
    const { valid, value } = request.unsignCookie(request.server.parseCookie(only)[cookie] ?? '');
    return valid && value !== null ? decode(value) : undefined;
  };
  /** One that has longer than it can have was begun while the clock ran ahead. */
  const isOver = ({ until }: Ticket): boolean => {
    const leftMs = until - now().getTime();
    return leftMs <= 0 || leftMs > LASTS_MS.storage;
  };
  const of: Sessions['of'] = (request, given) => {
    const half = given ?? request.headers[PAGE_TOKEN];
    const ticket = ticketOf(request);
    if (!ticket || typeof half !== 'string' || isOver(ticket)) return undefined;
    const { name, bound, page, until } = ticket;
    if (holderOf(half, [[name, page]]) === undefined || ended.has(page)) return undefined;
    const by = approvers.known(name, (keyId) => boundTo(keyId) === bound);
    return by && { by, page, untilMs: until };
  };

  const refuseTwo: Sessions['refuseTwo'] = (request, reply) => {
    if (!hasTwo(request) || reply.hasHeader('set-cookie')) return;
    void reply.header('set-cookie', clearsOf(cookie, request.url, isSecure));
  };

  return {
    open(by, reply, keptIn) {
      refuseTwo(reply.request, reply);
      const pageToken = randomBytes(HALF_BYTES).toString('base64url');
      const untilMs = now().getTime() + LASTS_MS[keptIn];
      const session = { by, page: keyDigest(pageToken), untilMs };
      const bound = boundTo(by.keyId);
      const ticket = encode({ name: by.name, bound, page: session.page, until: untilMs });
      void reply.setCookie(cookie, ticket, { ...options, maxAge: LASTS_MS[keptIn] / 1000 });
      return { session, pageToken };
    },
    of,
    require(request, given) {
      const session = of(request, given);
      if (session) return session;
      throw new AppError('unauthorized', hasTwo(request) ? TWO_COOKIES : howToSignIn());
    },
    end(session, reply) {
      ended.add(session);
      void reply.clearCookie(cookie, options);
    },
    refuseTwo,
    view: ({ by, untilMs }) => ({
      name: by.name,
      roles: [...by.roles],
      expires_at: new Date(untilMs).toISOString(),
      now: now().toISOString(),
    }),
  };
}
