import { describe, expect, it } from 'vitest';
import { html, visible } from './html.ts';

describe('text on the page', () => {
  it('never becomes markup', () => {
    expect(html`<td title="${`"'><script>`}">${'<b>&amp;'}</td>`.markup).toBe(
      '<td title="&quot;&#39;&gt;&lt;script&gt;">&lt;b&gt;&amp;amp;</td>',
    );
    expect(html`${[html`<i>a</i>`, html`${'<'}`]}`.markup).toBe('<i>a</i>&lt;');
  });

  it('shows what can not be seen, and keeps lines and tabs', () => {
    expect(visible('a\u202eb\u200bc\u0000d\u2028e\n\tf')).toBe('a⟨U+202E⟩b⟨U+200B⟩c⟨U+0000⟩d⟨U+2028⟩e\n\tf');
    expect(visible('naïve 日本 🙂')).toBe('naïve 日本 🙂');
  });
});
