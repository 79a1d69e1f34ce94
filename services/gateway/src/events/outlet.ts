import { Readable } from 'node:stream';

/** What may wait for one reader, in bytes. One who is further behind is cut off, and resumes by the last id it saw. */
export const OUTLET_LIMIT = 1024 * 1024;
const LINGER_MS = 500;
/** What comes within this time goes out together, in milliseconds: a write costs more than what is written. */
const GATHER_MS = 40;
const GATHER_LENGTH = 16_384;

/** Text on its way to one reader. */
export type Outlet = {
  readonly readable: Readable;
  /** Sends, or cuts the reader off where too much waits for it already. */
  write(text: string): void;
  /** Resolves once the reader takes more, or is gone. */
  drained(): Promise<void>;
  isOpen(): boolean;
  /** Lets the reader have what was sent, for half a second at most. */
  end(): void;
  /** Cuts the reader off. */
  cut(): void;
};

export function createOutlet(onClose: () => void): Outlet {
  let open = true;
  let wake: (() => void) | undefined;
  const release = (): void => {
    wake?.();
    wake = undefined;
  };
  const readable = new Readable({ read: release });
  let gathered = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (gathered !== '') readable.push(gathered);
    gathered = '';
  };
  readable.once('close', () => {
    open = false;
    clearTimeout(timer);
    release();
    onClose();
  });

  return {
    readable,
    isOpen: () => open,
    write(text) {
      if (!open) return;
      gathered += text;
      if (readable.readableLength + gathered.length > OUTLET_LIMIT) readable.destroy();
      else if (gathered.length > GATHER_LENGTH || readable.readableFlowing !== true) flush();
      else timer ??= setTimeout(flush, GATHER_MS);
    },
    async drained() {
      flush();
      if (!open || readable.readableLength < readable.readableHighWaterMark) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    },
    end() {
      if (!open) return;
      open = false;
      flush();
      readable.push(null);
      setTimeout(() => readable.destroy(), LINGER_MS).unref();
    },
    cut: () => void readable.destroy(),
  };
}
