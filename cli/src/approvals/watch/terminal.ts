import { emitKeypressEvents } from 'node:readline';
import { CONTROL } from '@aegis/kit/text';
import type { Host } from '../../host.ts';
import type { State } from './state.ts';
import type { Key } from './update.ts';

const OTHER_SCREEN = '\u001b[?1049h';
const FIRST_SCREEN = '\u001b[?1049l';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
/** What is pasted comes marked as such, so that it is no keys. */
const MARK_PASTE = '\u001b[?2004h';
const UNMARK_PASTE = '\u001b[?2004l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_REST = '\u001b[J';

type Pressed = { name?: string; ctrl?: boolean; meta?: boolean };

function toKey(text: string | undefined, { name, ctrl, meta }: Pressed): Key {
  // Node says that it is meta, too.
  if (name === 'escape') return { name };
  if (ctrl || meta) return { name: `${ctrl ? 'ctrl' : 'meta'}-${name ?? ''}` };
  const types = text !== undefined && !CONTROL.test(text) ? text : undefined;
  return { name: name === 'enter' ? 'return' : name, text: types };
}

/** Takes the whole terminal: raw keys, a screen of its own. Whoever opens it closes it, whatever happens. */
export function openTerminal({ stdin, stdout }: Pick<Host, 'stdin' | 'stdout'>, onKey: (key: Key) => void) {
  let pasting = false;
  const onKeypress = (text: string | undefined, pressed: Pressed): void => {
    if (pressed.name === 'paste-start' || pressed.name === 'paste-end') {
      pasting = pressed.name === 'paste-start';
      return;
    }
    const key = toKey(text, pressed);
    // Pasted text may be typed into a reason; it presses nothing.
    onKey(pasting ? { text: key.text } : key);
  };
  emitKeypressEvents(stdin);
  stdin.setRawMode?.(true);
  stdin.on('keypress', onKeypress);
  stdin.resume();
  stdout.write(OTHER_SCREEN + HIDE_CURSOR + MARK_PASTE);
  return {
    /** Shows these lines and nothing else. */
    draw(lines: readonly string[]): void {
      const text = lines.map((line) => line + CLEAR_LINE).join('\r\n');
      stdout.write(HOME + text + CLEAR_REST);
    },
    size: (): State['size'] => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    /** Gives the terminal back as it was. */
    close(): void {
      stdin.removeListener('keypress', onKeypress);
      stdin.setRawMode?.(false);
      stdin.pause();
      stdout.write(UNMARK_PASTE + SHOW_CURSOR + FIRST_SCREEN);
    },
  };
}
