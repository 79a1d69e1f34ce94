import { describe, expect, it } from 'vitest';
import { fieldsOf, openBrowser, startConsole } from '../../testkit/browser.ts';
import { get, request, useWorld } from '../../testkit/world.ts';

useWorld();

describe('the list', () => {
  it('is where a person decides too, and leads to what it says of it', async () => {
    const { open, at, send } = await startConsole();
    const { approval_id } = await request('key');
    const path = at(`/ui/approvals/${approval_id}`);
    const fields = fieldsOf((await open(at('/ui/approvals'))).text);
    const sent = await send(path, { ...fields, verdict: 'deny' });
    expect(sent.location).toBe(`${path}?decided=`);
    const { text } = await open(sent.location ?? '');
    expect(text).toContain(`<p role="status" class="told bad">Approval ${approval_id} is denied.</p>`);
    const again = await send(path, { ...fields, verdict: 'approve' });
    expect(again.location).toBe(`${path}?error=already_decided`);
    expect((await get('key')).status).toBe('denied');
  });
});

describe('a form decides nothing', () => {
  it('of another page, a stranger, a cookie without its half or with another, or without a verdict', async () => {
    const { base, open, at, send } = await startConsole();
    const { approval_id } = await request('key');
    const bare = `/ui/approvals/${approval_id}`;
    const path = at(bare);
    const fields = { ...fieldsOf((await open(path)).text), verdict: 'approve' };
    const other = openBrowser(base);
    await other.signIn();
    const { verdict: _verdict, ...noVerdict } = fields;
    const answers = [
      await send(path, fields, { 'sec-fetch-site': 'cross-site' }),
      await send(path, fields, { 'sec-fetch-site': 'same-site' }),
      await send(path, fields, { 'sec-fetch-site': 'none' }),
      await send(bare, fields),
      await send(bare, { ...fields, csrf_token: 'of the version before' }),
      await send(other.at(bare), fields),
      await openBrowser(base).send(path, fields),
      await send(path, noVerdict),
      await send(path, { ...fields, verdict: 'maybe' }),
    ];
    expect(answers.map(({ location }) => location)).toEqual([
      `${path}?error=forbidden_origin`,
      `${path}?error=forbidden_origin`,
      `${path}?error=forbidden_origin`,
      `${bare}?error=unauthorized`,
      `${bare}?error=unauthorized`,
      `${other.at(bare)}?error=unauthorized`,
      `${path}?error=unauthorized`,
      `${path}?error=invalid_request`,
      `${path}?error=invalid_request`,
    ]);
    expect((await open(`${path}?error=forbidden_origin`)).text).toContain('This origin may not use the API.');
    expect((await get(approval_id)).status).toBe('pending');
    expect((await send(path, fields)).location).toBe(`${path}?decided=`);
  });
});
