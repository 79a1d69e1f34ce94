import type { Approval } from '@aegis/contracts/approvals';
import type { ApprovalView, DecidedView, DrawnView, GrantsView } from '@aegis/contracts/console';
import { describe, expect, it } from 'vitest';
import { type Browser, openBrowser, startConsole } from '../../testkit/browser.ts';
import { createPeople, decide } from '../../testkit/people.ts';
import { call, get, list, redeem, request, useWorld } from '../../testkit/world.ts';

useWorld();

const problem = (status: number, code: string, detail: RegExp | string) => ({
  status,
  body: { status, code, detail: expect.stringMatching(detail) as string },
});
const revisionOf = async (browser: Browser, id: string) =>
  (await browser.get<ApprovalView>(`/approvals/${id}`)).body.revision;
const invalid = (detail: RegExp) => problem(422, 'invalid_request', detail);
const deny = async (browser: Browser, { approval_id }: Approval) =>
  browser.post(`/approvals/${approval_id}/deny`, { revision: await revisionOf(browser, approval_id) });
const TO_ACME = { ...call(), args: { to: 'ACME' } };

/** The console, Ada and Bob signed in, and a call that waits. */
async function startWithPeople(of = TO_ACME, terms?: Approval['terms']) {
  const { env, keys } = await createPeople();
  const byCode = await startConsole(env);
  const [ada, bob] = [openBrowser(byCode.base), openBrowser(byCode.base)];
  await Promise.all([ada.signIn(keys.ada), bob.signIn(keys.bob)]);
  const { approval_id: id } = await request('key', of, terms && { terms });
  return { ada, bob, byCode, keys, id, revision: await revisionOf(ada, id) };
}

describe('in the console', () => {
  it('a person approves or denies once, by name, and the next one is told who was first', async () => {
    const { ada, bob, id, revision } = await startWithPeople();
    const reason = 'seen the receipt';
    const first = await ada.post<DecidedView>(`/approvals/${id}/approve`, { revision, reason });
    expect(first).toMatchObject({
      status: 200,
      body: { counted: true, approval: { status: 'approved', decided_by: 'ada', decision_reason: reason } },
    });
    const second = await bob.post<DecidedView>(`/approvals/${id}/deny`, { revision });
    expect(second).toMatchObject({
      status: 200,
      body: { counted: false, because: `Approval ${id} was approved by ada`, approval: first.body.approval },
    });
    const other = await request('other', call(1));
    await bob.post(`/approvals/${other.approval_id}/deny`, {
      revision: await revisionOf(bob, other.approval_id),
    });
    expect(await get('other')).toMatchObject({ status: 'denied', decided_by: 'bob' });
  });

  it('two people decide in two sessions, each on what they saw', async () => {
    const { ada, bob, id, revision } = await startWithPeople(TO_ACME, { quorum: 2 });
    await ada.post(`/approvals/${id}/approve`, { revision });
    const stale = await bob.post(`/approvals/${id}/approve`, { revision });
    expect(stale).toMatchObject(problem(412, 'precondition_failed', /has changed since you saw it/));
    expect((await get(id)).status).toBe('pending');
    await bob.post(`/approvals/${id}/approve`, { revision: await revisionOf(bob, id) });
    expect((await get(id)).status).toBe('approved');
  });

  it('a code is drawn on what was seen, and its asker’s word approves, as the page says', async () => {
    const { ada, bob, id, revision } = await startWithPeople();
    const code = `/approvals/${id}/code`;
    expect(await ada.post(code, { revision: revision + 1 })).toMatchObject(
      problem(412, 'precondition_failed', /has changed/),
    );
    const drawn = await ada.post<DrawnView>(code, { revision, reason: 'seen' });
    const timeline = async () => (await bob.get<ApprovalView>(`/approvals/${id}`)).body.timeline.at(-1);
    expect(await timeline()).toMatchObject({ what: 'code_drawn', by: 'ada' });
    expect((await redeem('key', drawn.body.code ?? '')).counted).toBe(true);
    expect(await timeline()).toMatchObject({
      what: 'approved',
      by: 'ada',
      note: expect.stringMatching(/^by a code that was drawn at .*: seen$/) as string,
    });
  });

  it('a grant is given, listed and revoked', async () => {
    const { ada, bob, id, revision } = await startWithPeople();
    const given = await ada.post<DecidedView>(`/approvals/${id}/grant`, { revision, minutes: 30 });
    const { grant_id = '' } = given.body.grant ?? {};
    expect(given.body).toMatchObject({ counted: true, approval: { status: 'approved' } });
    expect(await request('next', TO_ACME)).toMatchObject({ status: 'approved', grant_id });
    const { active } = (await bob.get<GrantsView>('/grants')).body;
    expect(active).toMatchObject([
      { grant_id, uses: 1, pattern: { max_amount_cents: 100, args: { to: { equals: 'ACME' } } } },
    ]);
    const revoked = await bob.post(`/grants/${grant_id}/revoke`);
    expect(revoked.body).toMatchObject({ grant: { grant_id, revoked_by: 'bob' } });
    expect((await bob.get<GrantsView>('/grants')).body).toMatchObject({ active: [], over: [{ grant_id }] });
    expect((await request('after', TO_ACME)).status).toBe('pending');
  });
});

describe('nothing is decided', () => {
  const POSTS = ['approve', 'deny', 'grant'] as const;
  const bodyOf = (what: (typeof POSTS)[number], revision: number) =>
    what === 'grant' ? { revision, minutes: 5 } : { revision };

  it.each(POSTS)(
    'by whoever is not signed in, or has not the page’s half of the session: %s',
    async (what) => {
      const { ada, bob, byCode, id, revision } = await startWithPeople();
      const [path, body] = [`/approvals/${id}/${what}`, bodyOf(what, revision)];
      const stranger = openBrowser(byCode.base);
      expect(await stranger.post(path, body)).toMatchObject(problem(401, 'unauthorized', /^Sign in/));
      for (const half of ['', 'x', bob.pageToken(), `${ada.pageToken()}x`, ada.pageToken().slice(1)]) {
        expect(await ada.post(path, body, { 'x-page-token': half })).toMatchObject(
          problem(401, 'unauthorized', /^Sign in/),
        );
      }
      expect((await get(id)).status).toBe('pending');
      expect((await ada.post(path, body)).status).toBe(200);
    },
  );

  it('by a body that is not as it should be, and the fault names the field', async () => {
    const { ada, id, revision } = await startWithPeople(TO_ACME, { require_reason: true });
    const path = `/approvals/${id}`;
    expect(await ada.post(`${path}/approve`, { reason: 'x' })).toMatchObject(invalid(/^revision: /));
    expect(await ada.post(`${path}/approve`, { revision, rason: 'x' })).toMatchObject(invalid(/^rason: /));
    expect(await ada.post(`${path}/approve`, { revision, reason: '  ' })).toMatchObject(invalid(/^reason: /));
    expect(await ada.post(`${path}/deny`, { revision })).toMatchObject(invalid(/^reason: /));
    expect(await ada.post(`${path}/grant`, { revision, minutes: 0, reason: 'x' })).toMatchObject(
      invalid(/^minutes: /),
    );
    const pattern = { tool: 'refunds.all' };
    expect(await ada.post(`${path}/grant`, { revision, minutes: 5, reason: 'x', pattern })).toMatchObject(
      invalid(/^pattern: does not cover/),
    );
    expect((await get(id)).status).toBe('pending');
  });

  it('by what is no JSON, is too much, or names nothing', async () => {
    const { ada, id, revision } = await startWithPeople();
    const send = (body: string, type: string) => {
      const headers = { 'content-type': type, 'x-page-token': ada.pageToken() };
      return ada.open(`/ui/api/approvals/${id}/approve`, { method: 'POST', body, headers });
    };
    const json = JSON.stringify({ revision });
    const twice = `{"revision":0,"revision":${revision}}`;
    expect(await send('{', 'application/json')).toMatchObject(problem(400, 'invalid_json', ''));
    expect(await send(twice, 'application/json')).toMatchObject(problem(422, 'invalid_request', /key twice/));
    expect(await send(json, 'text/plain')).toMatchObject(problem(415, 'unsupported_media_type', ''));
    const form = await send(`revision=${revision}`, 'application/x-www-form-urlencoded');
    expect(form).toMatchObject(problem(415, 'unsupported_media_type', ''));
    const large = JSON.stringify({ revision, reason: 'x'.repeat(1_100_000) });
    expect(await send(large, 'application/json')).toMatchObject(problem(413, 'payload_too_large', ''));
    const many = `{"revision":[${'0,'.repeat(20_000)}0]}`;
    expect(await send(many, 'application/json')).toMatchObject(
      problem(413, 'payload_too_large', /more than 20000 members and elements/),
    );
    const nobody = `apr_${'a'.repeat(26)}`;
    expect(await ada.post(`/approvals/${nobody}/approve`, { revision })).toMatchObject(
      problem(404, 'approval_not_found', nobody),
    );
    expect(await ada.post('/grants/gra_x/revoke')).toMatchObject(problem(404, 'not_found', 'gra_x'));
    expect((await get(id)).status).toBe('pending');
  });

  it('by somebody whom the rule does not name, nor by who asked', async () => {
    const { ada, keys, byCode } = await startWithPeople();
    const finance = await request('finance', call(2), { terms: { approvers: ['finance'] } });
    const own = await request('own', call(3, 'key:ada'));
    expect(await deny(byCode, finance)).toMatchObject(problem(403, 'not_an_approver', /^only finance may/));
    expect(await deny(ada, own)).toMatchObject(problem(403, 'not_an_approver', /^ada asked for this call/));
    expect((await list({ status: 'pending' })).approvals).toHaveLength(3);
    expect((await decide(keys.bob, 'own')).counted).toBe(true);
  });
});
