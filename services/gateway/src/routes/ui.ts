import { Agent } from 'node:http';
import { AppError } from '@aegis/kit/errors';
import type { FastifyInstance } from 'fastify';
import { BODY_LIMIT } from '../http/json-body.ts';
import type { App, HttpDeps } from '../http-deps.ts';
import { forward } from '../ui/forward.ts';
import { TEST_WITHIN_MS } from './webhooks.ts';

/** A path that another reader could take for one outside `/ui/`: `..`, `\` or an escaped form of them or of `/`. */
const ESCAPING = /(^|\/)\.{1,2}(\/|$)|\\|%2e|%2f|%5c/i;

/** Asks somebody else's server, which takes its time. */
const TESTS_A_WEBHOOK = /^\/ui\/api\/webhooks\/[^/]+\/test$/;

/** What the pages send: forms, and JSON from their scripts. Passed on as it came. */
const BODY_TYPES = ['application/x-www-form-urlencoded', 'application/json'];

/** The approvals service's pages, under the gateway's own address. */
export function uiRoutes(app: App, { config }: HttpDeps): void {
  const base = new URL(config.APPROVALS_URL);
  const agent = new Agent({ keepAlive: true });
  app.addHook('onClose', async () => agent.destroy());
  (app as FastifyInstance).register(async (ui) => {
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
      async handler({ method, url, headers, body, ip }, reply) {
        const [path = ''] = url.split('?', 1);
        if (ESCAPING.test(path)) throw new AppError('not_found', 'No such page.');
        const within = config.REQUEST_TIMEOUT_MS;
        const answer = await forward(
          base,
          agent,
          { method, url, headers, body: body ?? undefined, clientIp: ip },
          TESTS_A_WEBHOOK.test(path) ? Math.max(within, TEST_WITHIN_MS) : within,
        );
        return reply.code(answer.status).headers(answer.headers).send(answer.body);
      },
    });
  });
}
