import { expect, test } from 'vitest';
import { useConsole } from './testkit/console-page.ts';
import { idOf, pending, viewOf } from './testkit/samples.ts';

const ui = useConsole();

/** Three identical calls that wait, or more. */
function showGroup(size: number): void {
  const { call_digest } = pending(1);
  const numbers = Array.from({ length: size }, (_, at) => at + 1);
  const group = numbers.map(idOf);
  for (const n of numbers) ui.show(viewOf(pending(n, { call_digest }), { group, revision: n * 100 }));
}
async function becomeFour(): Promise<void> {
  showGroup(4);
  ui.standIn.emit('aegis.approval.requested.v1', {
    approval: pending(4, { call_digest: pending(1).call_digest }),
  });
  await ui.page.getByRole('button', { name: 'Approve all 4' }).waitFor();
}

test('a mouse that goes down on Approve in its first half second and up after it decides nothing', async () => {
  ui.show(viewOf(pending(1)));
  await ui.openApproval(1);
  await ui.armed();
  const box = await ui.approveButton().boundingBox();
  await ui.page.mouse.move((box?.x ?? 0) + 10, (box?.y ?? 0) + 10);
  // Whoever comes back to the window has half a second to look.
  await ui.page.evaluate('window.dispatchEvent(new Event("focus"))');
  await ui.page.mouse.down();
  await ui.armed();
  await ui.page.mouse.up();
  await ui.page.mouse.down();
  expect(ui.decisions()).toEqual([]);
  await ui.page.mouse.up();
  await ui.page.getByText('You approved this.').waitFor();
});

test.each(['Enter', ' '])('nor does the key %j that is held down until it is over', async (key) => {
  ui.show(viewOf(pending(1)));
  await ui.openApproval(1);
  await ui.armed();
  await ui.page.keyboard.press('a');
  await ui.page.evaluate('window.dispatchEvent(new Event("focus"))');
  await ui.page.keyboard.down(key);
  await ui.armed();
  await ui.page.keyboard.down(key);
  await ui.page.keyboard.up(key);
  expect(ui.decisions()).toEqual([]);
  await ui.page.keyboard.press(key);
  await ui.page.getByText('You approved this.').waitFor();
});

test('what is pressed while another call joins decides neither the three nor the four', async () => {
  showGroup(3);
  await ui.openApproval(1);
  await ui.armed();
  const box = await ui.page.getByRole('button', { name: 'Approve all 3' }).boundingBox();
  await ui.page.mouse.move((box?.x ?? 0) + 10, (box?.y ?? 0) + 10);
  await ui.page.mouse.down();
  await becomeFour();
  await ui.armed();
  await ui.page.mouse.up();
  await ui.page.getByRole('button', { name: 'Deny…' }).click();
  expect(ui.decisions()).toEqual([]);
});

test.each(['Approve all 3', 'Approve this one'])(
  'the focus leaves “%s” when another call joins',
  async (name) => {
    showGroup(3);
    await ui.openApproval(1);
    await ui.armed();
    await ui.page.getByRole('button', { name }).focus();
    await becomeFour();
    expect(await ui.focused()).not.toMatch(/^Approve/);
    await ui.page.keyboard.press('Enter');
    await ui.armed();
    await ui.page.keyboard.press('Enter');
    expect(ui.decisions()).toEqual([]);
  },
);

test('the focus leaves “Approve and allow” when what it is about has changed', async () => {
  const { approval } = ui.show(viewOf(pending(1)));
  await ui.openApproval(1);
  await ui.armed();
  await ui.page.getByRole('button', { name: 'Allow calls like this…' }).click();
  await ui.page.getByRole('button', { name: 'Approve and allow' }).focus();
  ui.show(viewOf(approval, { revision: 11, timeline: [] }));
  const asked = ui.standIn.asked.length;
  ui.standIn.emit('aegis.approval.endorsed.v1', { approval });
  await expect.poll(() => ui.standIn.asked.length).toBeGreaterThan(asked);
  await expect.poll(() => ui.focused()).not.toBe('Approve and allow');
  await ui.page.keyboard.press('Enter');
  expect(ui.decisions()).toEqual([]);
});
