import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@aegis/kit/errors';
import replyFrom from '@fastify/reply-from';
import type { FastifyInstance } from 'fastify';
import { BODY_LIMIT } from '../http/json-body.ts';
import { isRefusal } from '../http/problems.ts';
import type { App, HttpDeps } from '../http-deps.ts';
import { TEST_WITHIN_MS } from './webhooks.ts';

/** What another reader could take for a path outside `/ui/`: a whole URL, `..`, `\` or an escaped form of them or of `/`. */
const ESCAPING = /^[^/]|\/\.(\/|$)|\/\.\.|\.\.\/|\\|%2e|%2f|%5c/i;

/** Asks somebody else's server, which takes its time. */
const TESTS_A_WEBHOOK = /^\/ui\/api\/webhooks\/[^/]+\/test$/;

/** What the pages send: forms, and JSON from their scripts. Passed on as it came. */
const BODY_TYPES = ['application/x-www-form-urlencoded', 'application/json'];

/** What a page may learn from a browser's request. What the client says of its address is left out. */
const PASSED_ON = [
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'cookie',
  'if-none-match',
  'origin',
  'sec-fetch-site',
  'user-agent',
  'x-page-token',
];

/** What belongs to one connection (RFC 9110 §7.6.1). */
const NOT_PASSED_BACK = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

type Headers = IncomingHttpHeaders;
const only = (headers: Headers, passes: (name: string) => boolean): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => passes(name)));

/** The approvals service's pages, under the gateway's own address. Redirects go back to the browser. */
export function uiRoutes(app: App, { config, refusals }: HttpDeps): void {
  const within = config.REQUEST_TIMEOUT_MS;
  (app as FastifyInstance).register(async (ui) => {
    ui.register(replyFrom, {
      base: new URL(config.APPROVALS_URL).origin,
      undici: { connections: null, connectTimeout: within },
      destroyAgent: true,
    });
    ui.removeAllContentTypeParsers();
    ui.addContentTypeParser(
      BODY_TYPES,
      { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
      (_request, body, done) => done(null, body),
    );
    ui.route<{ Body: Buffer | undefined }>({
      method: ['GET', 'POST'],
      url: '/ui/*',
      schema: { hide: true },
      handler({ url, headers, body, ip, method }, reply) {
        const [path = ''] = url.split('?', 1);
        if (ESCAPING.test(path)) throw new AppError('not_found', 'No such page.');
        // Wrong codes and keys among it. What we refuse ourselves is counted where it is sent.
        let isPassedBack = false;
        reply.raw.once('finish', () => {
          const { statusCode } = reply.raw;
          if (isPassedBack && isRefusal(method, statusCode)) refusals.count(`http_${statusCode}`, ip);
        });
        return reply.from(undefined, {
          body,
          contentType: headers['content-type'],
          // Until it begins to answer, and from each part of its answer to the next.
          timeout: TESTS_A_WEBHOOK.test(path) ? Math.max(within, TEST_WITHIN_MS) : within,
          // A 503 of its own is an answer too, and no question is asked twice.
          retryDelay: () => null,
          rewriteRequestHeaders: (_request, given) => ({
            ...only(given, (name) => PASSED_ON.includes(name)),
            'x-forwarded-for': ip,
            'x-forwarded-host': headers.host,
          }),
          rewriteHeaders(given) {
            isPassedBack = true;
            return only(given, (name) => !NOT_PASSED_BACK.includes(name));
          },
          onError(_reply, { error: cause }) {
            const detail = 'The approvals service does not answer.';
            reply.send(new AppError('approvals_unavailable', detail, { cause }));
          },
        });
      },
    });
  });
}
