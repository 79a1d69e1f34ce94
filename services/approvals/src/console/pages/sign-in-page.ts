import { html } from '@aegis/kit/text';
import type { Assets } from './assets.ts';
import { layout, type Notice, shell } from './layout.ts';

/** Where nobody is signed in: the form that mends it, and `back` to where they wanted to go. */
export const signInPage = (assets: Assets, back: string, notice: Notice | undefined): string =>
  shell(assets, {
    title: 'Sign in',
    intro: 'With your own key, or with the code that was printed when AegisMCP started.',
    notice,
    main: html`
<form method="post" action="/ui/session">
  <input type="hidden" name="back" value="${back}">
  <label>Key or code <input name="secret" type="password" autocomplete="current-password" required maxlength="1024"></label>
  <button>Sign in</button>
</form>`,
  });

/** A page of the console that has nothing to show without scripts. */
export const scriptPage = (assets: Assets, title: string): string =>
  shell(assets, {
    title,
    intro: 'This page needs JavaScript, and the console to be built. The list of approvals works without.',
    main: html``,
  });

/** For an address that is none of ours. */
export const nothingHere = (): string =>
  layout({
    title: 'Nothing here',
    intro: 'There is no such page. The list has all approvals.',
    main: html``,
  });
