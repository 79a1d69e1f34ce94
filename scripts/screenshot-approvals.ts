import { fileURLToPath } from 'node:url';
import { openBrowser } from '../e2e/testkit/browser.ts';
import { enforce, post } from '../e2e/testkit/rest.ts';
import { startStack } from '../e2e/testkit/stack.ts';

const PICTURE = fileURLToPath(new URL('../docs/images/approvals.png', import.meta.url));

const refund = (order: number, amount_cents: number, reason: string) => ({
  tool: 'refunds.create',
  op: 'refund',
  amount_cents,
  args: { order },
  meta: { dry_run_id: `refund-${order}`, reason },
});

/** One approval that was used, one that was denied, and two that wait. */
async function fill(url: string, code: string): Promise<void> {
  const used = refund(998, 7_900, 'Order 998 came twice');
  await enforce(url, used);
  await post(url, '/approvals/complete', { dry_run_id: 'refund-998', approval_code: code });
  await enforce(url, used);
  await enforce(url, { tool: 'mail.send_to_all', meta: { dry_run_id: 'newsletter-4' } });
  await post(url, '/approvals/complete', { dry_run_id: 'newsletter-4', approval_code: 'a wrong one' });
  await enforce(url, {
    tool: 'crm.export_users',
    meta: { dry_run_id: 'export-7', reason: 'The newsletter needs the list' },
  });
  await enforce(url, refund(1001, 12_500, 'Order 1001 arrived broken'));
}

/** Takes docs/images/approvals.png: `node scripts/screenshot-approvals.ts`. */
const stack = await startStack();
try {
  await fill(stack.url, stack.code);
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1200, height: 720 } });
  await page.goto(`${stack.url}/ui/approvals`);
  await page.screenshot({ path: PICTURE });
  await browser.close();
} finally {
  await stack.stop();
}
