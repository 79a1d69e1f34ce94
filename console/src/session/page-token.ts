const KEY = 'aegis.session';

/**
 * The page's half of the session. A browser keeps this for one origin, port included, and shares it among its tabs; the
 * other half, a cookie, it sends to every port of the host.
 */
export const pageToken = {
  read: (): string | undefined => localStorage.getItem(KEY) ?? undefined,
  keep: (token: string): void => localStorage.setItem(KEY, token),
  /** Forgets this one; not the one that another tab has kept since. */
  forget(token: string | undefined): void {
    if (pageToken.read() === token) localStorage.removeItem(KEY);
  },
  /** Calls back when another tab has signed in or out; returns what ends it. */
  onChange(changed: () => void): () => void {
    const listen = ({ key }: StorageEvent): void => {
      if (key === KEY || key === null) changed();
    };
    window.addEventListener('storage', listen);
    return () => window.removeEventListener('storage', listen);
  },
};
