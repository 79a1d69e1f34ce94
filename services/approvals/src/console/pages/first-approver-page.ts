import { FIRST_APPROVER_PATH } from '@aegis/contracts/approval-words';
import { BecomeApprover } from '@aegis/contracts/first-approver';
import { AppError, parseRequest, toAppError } from '@aegis/kit/errors';
import { type Html, html } from '@aegis/kit/text';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { FirstApprovers } from '../../people/first-approver.ts';
import { HTML, isForeign, soon } from '../form.ts';
import type { Page } from './page.ts';

export type FirstApproverPageDeps = { page: Page; firstApprovers: FirstApprovers };

const TITLE = 'The first approver';
/** Without scripts nobody reads what stands behind `#`, so it is written by hand. */
const FORM = html`
<form class="card" method="post" action="${FIRST_APPROVER_PATH}">
  <label>What stands behind # in the link <input name="token" autocomplete="off" required maxlength="128"></label>
  <label>Your name, as the record will have it <input name="name" required maxlength="64"></label>
  <button class="primary">Become an approver</button>
</form>`;

const keyOf = ({ name, key }: { name: string; key: string }): Html => html`
<p>${name} is an approver. This key is shown once; keep it.</p>
<p><code>${key}</code></p>
<p><a href="/ui/approvals">Sign in with it</a></p>`;

/** Where the one-time link leads; the console draws it where there are scripts. */
export function firstApproverPage(
  app: FastifyInstance,
  { page, firstApprovers }: FirstApproverPageDeps,
): void {
  app.get(FIRST_APPROVER_PATH, (_request, reply) =>
    reply.type(HTML).send(page({ title: TITLE, main: FORM })),
  );
  app.post(
    FIRST_APPROVER_PATH,
    async (request: FastifyRequest<{ Body: URLSearchParams | undefined }>, reply) => {
      void reply.type(HTML);
      try {
        if (isForeign(request.headers)) throw new AppError('forbidden_origin', 'Open the link itself.');
        const word = parseRequest(BecomeApprover, Object.fromEntries(request.body ?? []));
        return page({ title: TITLE, main: keyOf(await firstApprovers.become(word, soon())) });
      } catch (thrown) {
        const { status, message: text } = toAppError(thrown);
        return reply.code(status).send(page({ title: TITLE, main: FORM, notice: { tone: 'bad', text } }));
      }
    },
  );
}
