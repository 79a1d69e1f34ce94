import { type Action, actionOf } from './shortcuts.ts';

/** Returns whether it did anything with it. */
type Handler = () => boolean | undefined;
type Handlers = Partial<Record<Action, Handler>>;

/** The newest last: what is on top answers first. */
const layers: Handlers[] = [];

/** Answers keys until the returned function is called. A handler that returns false leaves the key to the one below. */
export function onKeys(handlers: Handlers): () => void {
  layers.push(handlers);
  return () => {
    const at = layers.indexOf(handlers);
    if (at >= 0) layers.splice(at, 1);
  };
}

const FIELDS = 'input, textarea, select, [contenteditable]';

function press(event: KeyboardEvent): void {
  // An open dialog has the keyboard to itself.
  if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
  const isTyping = event.target instanceof Element && event.target.closest(FIELDS) !== null;
  const action = actionOf(event, isTyping);
  if (action === undefined) return;
  for (const handlers of layers.toReversed()) {
    const handler = handlers[action];
    if (handler !== undefined && handler() !== false) {
      event.preventDefault();
      return;
    }
  }
}

/** Listens to the keyboard; returns what ends it. */
export function startKeyboard(): () => void {
  document.addEventListener('keydown', press);
  return () => document.removeEventListener('keydown', press);
}
