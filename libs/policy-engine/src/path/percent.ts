const ENCODED = /(?:%[0-9a-f]{2})+/gi;

/** One round of percent-decoding; undefined where the bytes are no UTF-8. A `%` without two digits stays as it is. */
export function decodeOnce(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return text.replace(ENCODED, (run) => decodeURIComponent(run));
  } catch {
    return undefined;
  }
}

export function hasEncoding(text: string): boolean {
  return /%[0-9a-f]{2}/i.test(text);
}

/** Whether some `%` starts no encoding. */
export function hasBadEncoding(text: string): boolean {
  return /%(?![0-9a-f]{2})/i.test(text);
}

/** A slash or backslash that only some readers see: decoding it makes other folders. */
export function hasEncodedSlash(text: string): boolean {
  return /%(?:2f|5c)/i.test(text);
}
