import { describe, expect, it } from 'vitest';
import { fieldsOf, openBrowser, startConsole } from '../../testkit/browser.ts';
import { get, request, useWorld } from '../../testkit/world.ts';

useWorld();

describe('the list', () => {
  it('is where a person decides too, and leads to what it says of it', async () => {
    const { open, send } = await startConsole();
    const { approval_id } = await request('key');
    const fields = fieldsOf((await open('/ui/approvals')).text);
    const sent = await send(`/ui/approvals/${approval_id}`, { ...fields, verdict: 'deny' });
    expect(sent.location).toBe(`/ui/approvals/${approval_id}?decided=`);
    const { text } = await open(sent.location ?? '');
    expect(text).toContain(`<p role="status" class="told bad">Approval ${approval_id} is denied.</p>`);
    const again = await send(`/ui/approvals/${approval_id}`, { ...fields, verdict: 'approve' });
    expect(again.location).toBe(`/ui/approvals/${approval_id}?error=already_decided`);
    expect((await get('key')).status).toBe('denied');
  });
});

describe('a form decides nothing', () => {
  it('of another site, without a token or with that of another session, of a stranger, or without a verdict', async () => {
    const { base, open, send } = await startConsole();
    const { approval_id } = await request('key');
    const path = `/ui/approvals/${approval_id}`;
    const fields = { ...fieldsOf((await open(path)).text), verdict: 'approve' };
    const other = openBrowser(base);
    const { csrf_token } = (await other.signIn()).body;
    const { verdict: _verdict, ...noVerdict } = fields;
    const answers = [
      await send(path, fields, { 'sec-fetch-site': 'cross-site' }),
      await send(path, { ...fields, csrf_token: '' }),
      await send(path, { ...fields, csrf_token }),
      await openBrowser(base).send(path, fields),
      await send(path, noVerdict),
      await send(path, { ...fields, verdict: 'maybe' }),
      await send(path, {}),
    ];
    expect(answers.map(({ location }) => location)).toEqual(
      [
        'forbidden_origin',
        'forbidden_origin',
        'forbidden_origin',
        'unauthorized',
        'invalid_request',
        'invalid_request',
        'forbidden_origin',
      ].map((code) => `${path}?error=${code}`),
    );
    expect((await open(`${path}?error=forbidden_origin`)).text).toContain('This origin may not use the API.');
    expect((await get(approval_id)).status).toBe('pending');
    expect((await send(path, fields)).location).toBe(`${path}?decided=`);
  });
});
