import type { Locator, Page } from 'playwright-core';

/** The buttons and the sentences of an approval's page. */
export const approveButton = (page: Page): Locator => page.locator('button.approve').first();
export const denyButton = (page: Page): Locator => page.getByRole('button', { name: /^Deny/ });

/** Waits until Approve takes keys and clicks. */
export const untilArmed = (page: Page): Promise<void> =>
  page.locator('button.approve[aria-disabled="false"]').first().waitFor();

/** Waits until the page says this of the approval. */
export const untilSaid = (page: Page, text: string | RegExp): Promise<void> =>
  page.locator('.outcome', { hasText: text }).waitFor();

/** What has the focus, by its words. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate('document.activeElement?.textContent?.replace(/\\s+/g, " ").trim() ?? ""');

/** What the timeline has, in its order. */
export const timeline = (page: Page): Promise<(string | null)[]> =>
  page.locator('li[data-what]').evaluateAll((items) => items.map((item) => item.getAttribute('data-what')));

/** Approves what is shown, with a mouse. */
export async function approve(page: Page): Promise<void> {
  await untilArmed(page);
  await approveButton(page).click();
}
