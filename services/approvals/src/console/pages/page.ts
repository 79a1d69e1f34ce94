import { readFile } from 'node:fs/promises';
import { CONSOLE_DIST } from '@aegis/console';
import { NOBODY_APPROVES } from '@aegis/contracts/approval-words';
import { type Html, html } from '@aegis/kit/text';

/** What is said of a form that was sent before. */
export type Notice = { tone: 'good' | 'bad'; text: string };
type Plain = { title: string; main: Html; notice?: Notice | undefined };
/** Writes a page: the console, and inside `noscript` what there is without scripts. */
export type Page = (plain: Plain) => string;

/** Where the console is; its pages and those of one sign-in without scripts stand below. */
export const CONSOLE = '/ui';
/** Where the pages of one sign-in without scripts are: the page's half of the session stands in their addresses. */
export const pagesOf = (pageToken: string): string => `${CONSOLE}/s/${pageToken}`;
/** The same for a route: a page token as it is made, and nothing that only looks like one. */
export const PAGES_OF_TOKEN = pagesOf(':token(^[\\w-]{43}$)');

/** In an address of ours, beside the codes of errors: this person's yes counts already. */
export const SAID_ALREADY = 'said_already';

const SLOT = '<!--plain-->';
/** Where the console was not built, the page without scripts is all there is. */
const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>AegisMCP</title></head><body>${SLOT}
<p>The console is not built: run <code>npm run build:console</code>, and start the firewall again.</p></body></html>
`;

/** Reads the built console once. */
export async function loadPage(dist = CONSOLE_DIST): Promise<Page> {
  const built = await readFile(new URL('index.html', dist), 'utf8').catch(() => NOT_BUILT);
  return ({ title, main, notice }) => {
    const told = notice && html`<p role="status" class="told ${notice.tone}">${notice.text}</p>`;
    const plain = html`<main class="plain"><h1>${title}</h1>${told}${main}</main>`.markup;
    return built.replace('<title>', () => html`<title>${title} · `.markup).replace(SLOT, () => plain);
  };
}

/** For who is not signed in; `back` is the page that they wanted. */
export const signInForm = (
  back: string,
  isNobody: boolean,
): Html => html`${isNobody ? html`<p>${NOBODY_APPROVES}.</p>` : ''}
<form class="card" method="post" action="/ui/session">
  <input type="hidden" name="back" value="${back}">
  <label>Key or code <input name="secret" type="password" autocomplete="current-password" required maxlength="1024"></label>
  <button class="primary">Sign in</button>
</form>`;

/** Who decides on this page, and the way out; `base` is where the pages of this sign-in are. */
export const signedIn = (name: string, base: string): Html => html`
<form method="post" action="${base}/session/end">
  <p>Signed in as ${name}, for an hour at most. <button>Sign out</button></p>
</form>`;

export const needsScripts = (base: string): Html => html`<p>This page needs JavaScript.
  <a href="${base}/approvals">What waits</a> can be decided without.</p>`;
export const nothingHere = (base: string): Html =>
  html`<p>There is nothing at this address. <a href="${base}/approvals">What waits</a></p>`;
