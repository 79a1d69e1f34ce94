/** Where something is in a policy, as errors and warnings write it. */
export function showPath(path: readonly PropertyKey[]): string {
  return path.map(showKey).join('.');
}

/** Keys come from the document: odd ones are quoted and cut, so that an error stays one readable line. */
function showKey(key: PropertyKey): string {
  const name = String(key);
  return /^[\w-]{1,64}$/.test(name) ? name : JSON.stringify(name.slice(0, 64));
}
