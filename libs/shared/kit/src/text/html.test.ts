import { expect, it } from 'vitest';
import { html } from './html.ts';

it('text on a page never becomes markup, and hides nothing', () => {
  expect(html`<td title="${`"'><script>`}">${'<b>&amp;'}</td>`.markup).toBe(
    '<td title="&quot;&#39;&gt;&lt;script&gt;">&lt;b&gt;&amp;amp;</td>',
  );
  expect(html`${[html`<i>a</i>`, html`${'<'}`]}`.markup).toBe('<i>a</i>&lt;');
  expect(html`<p>${'a\u202eb'}</p>`.markup).toBe('<p>a⟨U+202E⟩b</p>');
});

it('text in a list is text too, however deep, and what is not there is nothing', () => {
  expect(html`<p>${['<i>', 7, undefined, [html`<b>`, '\u200b']]}${undefined}</p>`.markup).toBe(
    '<p>&lt;i&gt;7<b>⟨U+200B⟩</p>',
  );
});
