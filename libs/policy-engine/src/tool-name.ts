const TOOL_NAME = /^[A-Za-z0-9_.:/-]{1,256}$/;

/**
 * Why this is not a tool name, or undefined where it is one. Names are refused and never normalised: a name that
 * only looks like a denied one (another script, a zero-width sign, a changed direction) must not reach a rule.
 */
export function checkToolName(name: string): string | undefined {
  if (typeof name === 'string' && TOOL_NAME.test(name)) return undefined;
  return 'tool: expected 1 to 256 characters from A-Z a-z 0-9 _ . : / -';
}
