import { type Stats, unwatchFile, watchFile } from 'node:fs';

const POLL_MS = 250;
const SETTLED_AFTER_MS = 150;

/**
 * Calls back when the file at a path changed, appeared or went away, and has then been still for a moment: a file that is
 * being written must not be read by half. By polling, which sees renames, symlinks and mounted volumes alike.
 */
export function watchPath(path: string, onChange: () => void): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const listener = (_now: Stats, _before: Stats): void => {
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLED_AFTER_MS);
  };
  watchFile(path, { interval: POLL_MS, persistent: false }, listener);
  return {
    stop() {
      clearTimeout(timer);
      unwatchFile(path, listener);
    },
  };
}
