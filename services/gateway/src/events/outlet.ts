import { Readable } from 'node:stream';

/** What may wait for one reader, in bytes. One who is further behind is cut off, and resumes by the last id it saw. */
export const OUTLET_LIMIT = 1024 * 1024;
const LINGER_MS = 500;

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
  readable.once('close', () => {
    open = false;
    release();
    onClose();
  });

  return {
    readable,
    isOpen: () => open,
    write(text) {
      if (!open) return;
      if (readable.readableLength + text.length > OUTLET_LIMIT) readable.destroy();
      else readable.push(text);
    },
    async drained() {
      if (!open || readable.readableLength < readable.readableHighWaterMark) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    },
    end() {
      if (!open) return;
      open = false;
      readable.push(null);
      setTimeout(() => readable.destroy(), LINGER_MS).unref();
    },
    cut: () => void readable.destroy(),
  };
}
