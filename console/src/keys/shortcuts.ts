import type { Verdict } from '@aegis/contracts/approvals';
/** What a key asks for. Enter is the browser's own: it follows the link and presses the button that has the focus. */
export type Action = Verdict | 'next' | 'previous' | 'back' | 'help';

/** For people: each key and what it does. */
export const KEYS: readonly (readonly [key: string, does: string])[] = [
  ['j', 'next one in the list'],
  ['k', 'the one before'],
  ['enter', 'open it, or press the button that has the focus'],
  ['a', 'go to Approve; enter then approves'],
  ['d', 'deny: asks for a reason first'],
  ['esc', 'close, or back to the list'],
  ['?', 'this list'],
];

const ACTIONS: Readonly<Record<string, Action>> = {
  j: 'next',
  k: 'previous',
  a: 'approve',
  d: 'deny',
  Escape: 'back',
  '?': 'help',
};

export type Press = {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  repeat: boolean;
  isComposing: boolean;
};

/** What a key press asks for, if anything. Whoever writes in a field means no shortcut, but for Escape. */
export function actionOf(press: Press, isTyping: boolean): Action | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing) return undefined;
  const action = Object.hasOwn(ACTIONS, press.key) ? ACTIONS[press.key] : undefined;
  if (action === undefined || (isTyping && action !== 'back')) return undefined;
  const isMove = action === 'next' || action === 'previous';
  return press.repeat && !isMove ? undefined : action;
}
