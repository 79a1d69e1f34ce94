import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SessionView } from '@aegis/contracts/console';
import { AppError } from '@aegis/kit/errors';
import { parseJson } from '@aegis/kit/json';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Approver } from '../domain/approver.ts';
import type { Approvers } from '../people/approvers.ts';

/** A working day. */
const LASTS_MS = 8 * 60 * 60_000;

/** What the cookie says, signed: who, bound to their secret as it was, until when, and the token that forms carry. */
const Ticket = z.strictObject({ name: z.string(), bound: z.string(), csrf: z.string(), until: z.number() });
type Ticket = z.infer<typeof Ticket>;

export type Session = { readonly by: Approver; readonly csrf: string; readonly untilMs: number };

export type Sessions = {
  open(by: Approver, reply: FastifyReply): Session;
  /** Who sent this request; undefined where nobody is signed in, or their secret is another one by now. */
  of(request: FastifyRequest): Session | undefined;
  /** @throws AppError `unauthorized` */
  require(request: FastifyRequest): Session;
  /** Ends it here; another replica that has not heard of it knows it until its time is over. */
  end(session: Session | undefined, reply: FastifyReply): void;
  view(session: Session): SessionView;
};

type SessionsDeps = {
  secret: Buffer;
  approvers: Pick<Approvers, 'known' | 'keyIdOf'>;
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

/** Sessions that people ended, until they would have ended by themselves: a copied cookie is worth nothing then. */
function createEnded(now: () => Date) {
  const ended = new Map<string, number>();
  return {
    has: (csrf: string): boolean => ended.has(csrf),
    add({ csrf, untilMs }: Session): void {
      for (const [other, until] of ended) if (until <= now().getTime()) ended.delete(other);
      ended.set(csrf, untilMs);
    },
  };
}

export function createSessions({ secret, approvers, now, isSecure }: SessionsDeps): Sessions {
  const ended = createEnded(now);
  const cookie = isSecure ? '__Host-aegis_session' : 'aegis_session';
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure: isSecure, signed: true } as const;
  /** Of what the service keeps of a person's secret, so that the session ends with it. */
  const boundTo = (keyId: string): string => createHmac('sha256', secret).update(keyId).digest('base64url');

  const of: Sessions['of'] = (request) => {
    const { valid, value } = request.unsignCookie(request.cookies[cookie] ?? '');
    const ticket = valid && value !== null ? decode(value) : undefined;
    if (!ticket || ticket.until <= now().getTime() || ended.has(ticket.csrf)) return undefined;
    const { name, bound, csrf, until } = ticket;
    const keyId = approvers.keyIdOf(name);
    if (keyId === undefined || boundTo(keyId) !== bound) return undefined;
    const by = approvers.known(name, keyId);
    return by && { by, csrf, untilMs: until };
  };

  return {
    open(by, reply) {
      const keyId = approvers.keyIdOf(by.name) ?? '';
      const session = {
        by,
        csrf: randomBytes(24).toString('base64url'),
        untilMs: now().getTime() + LASTS_MS,
      };
      const ticket = { name: by.name, bound: boundTo(keyId), csrf: session.csrf, until: session.untilMs };
      void reply.setCookie(cookie, encode(ticket), { ...options, maxAge: LASTS_MS / 1000 });
      return session;
    },
    of,
    require(request) {
      const session = of(request);
      if (session) return session;
      throw new AppError('unauthorized', 'Sign in with the code, or with your own key.');
    },
    end(session, reply) {
      if (session) ended.add(session);
      void reply.clearCookie(cookie, options);
    },
    view: ({ by, csrf, untilMs }) => ({
      name: by.name,
      roles: [...by.roles],
      csrf_token: csrf,
      expires_at: new Date(untilMs).toISOString(),
      now: now().toISOString(),
    }),
  };
}

/** A form or a script of our own page has the token; another site's has not. @throws AppError `forbidden_origin` */
export function checkToken({ csrf }: Session, given: unknown): void {
  const [own, other] = [Buffer.from(csrf), Buffer.from(typeof given === 'string' ? given : '')];
  if (own.length === other.length && timingSafeEqual(own, other)) return;
  throw new AppError('forbidden_origin', 'x-csrf-token: is not that of this session; load the page again.');
}
