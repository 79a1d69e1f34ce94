import { expect, test } from 'vitest';
import { useConsole } from './testkit/console-page.ts';
import { at, idOf, pending, viewOf } from './testkit/samples.ts';

const ui = useConsole();

test('with the keyboard alone: j, enter, a, enter approves what is shown, with its revision and the half of the session', async () => {
  ui.show(viewOf(pending(1)));
  await ui.goto(`approvals`);
  await ui.page.locator('a[data-item]').waitFor();
  expect(await ui.page.title()).toBe('(1) Approvals · AegisMCP');
  await ui.page.keyboard.press('j');
  await ui.page.keyboard.press('Enter');
  await ui.approveButton().waitFor();
  expect(await ui.focused()).toBe('refunds.create');
  await ui.armed();
  await ui.page.keyboard.press('a');
  expect(await ui.focused()).toMatch(/^Approve/);
  expect(ui.decisions()).toEqual([]);
  await ui.page.keyboard.press('Enter');
  await ui.page.getByText('You approved this.').waitFor();
  expect(ui.decisions()).toMatchObject([
    { path: `approvals/${idOf(1)}/approve`, body: { revision: 10 }, pageToken: 'half-1' },
  ]);
});

test('in its first half second Approve takes neither a key nor a click', async () => {
  ui.show(viewOf(pending(1)));
  // As quick as can be: in the very moment in which the button appears.
  await ui.page.addInitScript(`
    if (location.hash === '#at-once') new MutationObserver((_, observer) => {
      const button = document.querySelector('button.approve');
      if (button === null) return;
      observer.disconnect();
      button.click();
      document.dispatchEvent(new KeyboardEvent('keydown', { key: 'a' }));
      window.hadFocus = document.activeElement === button;
    }).observe(document, { childList: true, subtree: true });`);
  await ui.goto(`approvals/${idOf(1)}#at-once`);
  await ui.armed();
  expect(await ui.page.evaluate('window.hadFocus')).toBe(false);
  expect(ui.decisions()).toEqual([]);
  await ui.approveButton().click();
  await ui.page.getByText('You approved this.').waitFor();
});

test('what changes under the eyes takes the focus off Approve, and has to be looked at anew', async () => {
  const { approval } = ui.show(viewOf(pending(1, { terms: { quorum: 2 } })));
  await ui.openApproval(1);
  await ui.armed();
  await ui.page.keyboard.press('a');
  ui.show(viewOf({ ...approval, endorsements: [{ by: 'bob', at: at(0) }] }, { revision: 11 }));
  ui.standIn.emit('aegis.approval.endorsed.v1', { approval });
  await ui.page.getByText('1 of 2 said yes').waitFor();
  expect(await ui.focused()).not.toMatch(/^Approve/);
  await ui.page.keyboard.press('Enter');
  await ui.armed();
  expect(ui.decisions()).toEqual([]);
});

test('d asks for a reason, and what is written there is not taken for keys', async () => {
  ui.show(viewOf(pending(1)));
  await ui.openApproval(1);
  await ui.page.keyboard.press('d');
  await ui.page.keyboard.type('a bad idea, ask jan');
  await ui.page.keyboard.press('Enter');
  await ui.page.getByText('You denied this.').waitFor();
  expect(ui.decisions()).toMatchObject([
    { path: `approvals/${idOf(1)}/deny`, body: { reason: 'a bad idea, ask jan' } },
  ]);
});

test('where the rule asks for a reason, none means not yet', async () => {
  ui.show(viewOf(pending(1, { terms: { require_reason: true } })));
  await ui.openApproval(1);
  await ui.armed();
  await ui.approveButton().click();
  await ui.page.getByText('Reason: write why.').waitFor();
  expect(ui.decisions()).toEqual([]);
  // Once it is written the complaint is gone, enter leads to Approve, and the next one approves.
  await ui.page.keyboard.type('seen');
  await ui.page.getByText('Reason: write why.').waitFor({ state: 'detached' });
  await ui.armed();
  await ui.page.keyboard.press('Enter');
  expect(await ui.focused()).toMatch(/^Approve/);
  expect(ui.decisions()).toEqual([]);
  await ui.page.keyboard.press('Enter');
  await expect.poll(() => ui.decisions()).toMatchObject([{ body: { reason: 'seen' } }]);
});

test('who has said yes already can not say it again, and may still deny', async () => {
  ui.show(viewOf(pending(1), { may_decide: false, may_decide_because: 'ada has said yes already' }));
  await ui.openApproval(1);
  await ui.page.getByText('You can’t approve this. ada has said yes already').waitFor();
  expect(await ui.approveButton().count()).toBe(0);
  await ui.page.keyboard.press('d');
  await ui.page.keyboard.type('second thoughts');
  await ui.page.keyboard.press('Enter');
  await expect.poll(() => ui.decisions()).toMatchObject([{ path: `approvals/${idOf(1)}/deny` }]);
});

test('someone else was first: the page says who and what, and the buttons are gone', async () => {
  const { approval } = ui.show(viewOf(pending(1)));
  await ui.openApproval(1);
  const denied = {
    ...approval,
    status: 'denied' as const,
    decided_at: at(0),
    decided_by: 'bob',
    denied_because: 'no',
  };
  ui.show(viewOf(denied, { may_decide: false, revision: 11 }));
  ui.standIn.emit('aegis.approval.denied.v1', { approval: denied });
  await ui.page.getByText('Decided by someone else first: denied by bob.').waitFor();
  expect(await ui.approveButton().count()).toBe(0);
});

test('it expires under the eyes: the buttons go, and the page says so', async () => {
  ui.show(viewOf(pending(1, { decide_by: at(3) })));
  await ui.openApproval(1);
  await ui.approveButton().waitFor();
  await ui.page.getByText('Time is up: nobody decided').waitFor();
  expect(await ui.approveButton().count()).toBe(0);
});

test('three identical calls are decided together, each by its own request', async () => {
  const call_digest = pending(1).call_digest;
  const group = [idOf(3), idOf(2), idOf(1)];
  for (const n of [1, 2, 3]) ui.show(viewOf(pending(n, { call_digest }), { group, revision: n * 100 }));
  await ui.openApproval(1);
  await ui.armed();
  await ui.page.getByRole('button', { name: 'Approve all 3' }).click();
  await ui.page.getByText('3 calls approved.').waitFor();
  expect(ui.decisions().map(({ body }) => body)).toEqual([
    { revision: 300 },
    { revision: 200 },
    { revision: 100 },
  ]);
});

test('a grant goes out as the pattern that the form says in words', async () => {
  ui.show(viewOf(pending(1)));
  await ui.openApproval(1);
  await ui.page.getByRole('button', { name: 'Allow calls like this…' }).click();
  await ui.page.getByLabel('order', { exact: true }).selectOption('any');
  await ui.page.getByLabel('note', { exact: true }).selectOption('starts_with');
  await ui.page.getByLabel('note starts with').fill('Box');
  await ui.page.getByText('plain text that starts with "Box"').waitFor();
  await ui.page.keyboard.press('Enter');
  expect(ui.decisions()).toEqual([]);
  await ui.page.getByRole('button', { name: 'Approve and allow' }).click();
  await ui.page.getByText('You approved this').waitFor();
  expect(ui.decisions()).toMatchObject([
    {
      path: `approvals/${idOf(1)}/grant`,
      body: {
        minutes: 30,
        pattern: { max_amount_cents: 12_500, args: { order: { any: true }, note: { starts_with: 'Box' } } },
      },
    },
  ]);
});

test('where nobody accepted the tool’s definition, its change is there to read, and Approve is not the first choice', async () => {
  const view = viewOf(pending(1));
  const { definition = {} } = view;
  const before = { ...definition, description: 'Gives a customer money back.' };
  const change = {
    server: 'payments',
    tool: 'create',
    digest: view.approval.call.definition_digest ?? '',
    level: 'major' as const,
    since: at(-60),
    before,
    is_older: false,
    is_first: false,
  };
  ui.show({ ...view, change });
  await ui.openApproval(1);
  const card = ui.page.getByRole('region', { name: 'Nobody has accepted this tool’s definition' });
  expect(await card.locator('ins').innerText()).toContain('It can not be undone.');
  expect(await card.getByRole('link').getAttribute('href')).toBe('/ui/tools');
  const [first, second] = await ui.page.locator('.buttons > button').allInnerTexts();
  expect([first, second]).toEqual([expect.stringMatching(/^Deny/), expect.stringMatching(/^Approve/)]);
  expect(await ui.page.locator('button.approve').count()).toBe(0);
});

test('a code for one call is drawn on what was seen, and shown once; enter draws none', async () => {
  ui.show(viewOf(pending(1)));
  await ui.openApproval(1);
  await ui.page.getByRole('button', { name: 'Code to say…' }).click();
  await ui.page.getByLabel('Reason (optional)').fill('seen');
  await ui.page.keyboard.press('Enter');
  await ui.page.locator('dialog button.approve[aria-disabled="false"]').click();
  await ui.page.getByText('K7QF3NWT').waitFor();
  expect(ui.decisions()).toMatchObject([
    { path: `approvals/${idOf(1)}/code`, body: { revision: 10, reason: 'seen' }, pageToken: 'half-1' },
  ]);
  await ui.page.getByRole('button', { name: 'Done' }).click();
  await ui.approveButton().waitFor();
  await expect.poll(() => ui.page.getByText('K7QF3NWT').count()).toBe(0);
});
