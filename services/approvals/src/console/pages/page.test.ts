import { html } from '@aegis/kit/text';
import { expect, it } from 'vitest';
import { loadPage, needsScripts } from './page.ts';

const view = { title: 'Inbox $& <b>', main: html`<p>What waits, for $1 $&</p>` };

it('a page is the console, and inside noscript what there is without scripts', async () => {
  const page = (await loadPage())(view);
  const [, inside] = /<div id="app"><\/div>\s*<noscript>(.*)<\/noscript>/s.exec(page) ?? [];
  expect(inside).toBe(
    '<main class="plain"><h1>Inbox $&amp; &lt;b&gt;</h1><p>What waits, for $1 $&</p></main>',
  );
  expect(page).toContain('<title>Inbox $&amp; &lt;b&gt; · AegisMCP</title>');
  expect(page.match(/<script/g)).toHaveLength(1);
});

it('where the console was not built, the page works all the same, and has no script', async () => {
  const page = (await loadPage(new URL('file:///nowhere/dist/')))({
    ...view,
    notice: { tone: 'bad', text: 'No <i>.' },
  });
  expect(page).toContain('<p role="status" class="told bad">No &lt;i&gt;.</p><p>What waits');
  expect(page).toContain('The console is not built: run <code>npm run build:console</code>');
  expect(page).not.toMatch(/script/);
});

it('what needs scripts says that they are needed, and nothing of a console that is built', async () => {
  const page = (await loadPage())({ title: 'History', main: needsScripts('/ui') });
  expect(page).toContain('This page needs JavaScript.');
  expect(page).not.toContain('built');
});
