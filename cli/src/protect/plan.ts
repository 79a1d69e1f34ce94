import { type Firewall, isFirewallItself, nameBehind, putBehind, serverNameOf } from './behind.ts';
import type { ClientServer } from './client-config.ts';

type Value = Readonly<Record<string, unknown>>;

/** What becomes of one server of a client. `name` is what rules call it. */
export type Step =
  | { readonly to: 'wrap'; readonly entry: ClientServer; readonly name: string; readonly value: Value }
  | {
      readonly to: 'proxy';
      readonly entry: ClientServer;
      readonly name: string;
      readonly value: Value;
      readonly upstream: Value;
    }
  | { readonly to: 'none'; readonly entry: ClientServer; readonly name: string }
  /** AegisMCP's own tools. */
  | { readonly to: 'self'; readonly entry: ClientServer }
  | { readonly to: 'left'; readonly entry: ClientServer; readonly because: string };

/** What the firewall needs to reach a server by HTTP; the rest of the entry is about the client. */
const upstreamOf = ({ url, headers }: Value): Value => ({
  url,
  headers,
});

/** Why an entry can't be put behind the firewall; undefined where it can. */
function obstacle({ value }: ClientServer): string | undefined {
  if (typeof value['command'] === 'string') return undefined;
  if (typeof value['url'] !== 'string') return 'it has neither a command nor a url';
  if (value['type'] === 'sse') return 'it speaks the older HTTP+SSE transport, which the firewall does not';
  if (JSON.stringify(upstreamOf(value)).includes('${input:')) {
    return "its address or headers come from a question of VS Code, which the firewall can't ask; use ${env:NAME}";
  }
  return undefined;
}

/** What is to be done with each server of a client's file. `taken`: names that other servers have. */
export function planProtection(
  entries: readonly ClientServer[],
  firewall: Firewall,
  taken: ReadonlySet<string>,
): readonly Step[] {
  const names = new Set(taken);
  for (const { value } of entries) {
    const name = nameBehind(value, firewall.mcpUrl);
    if (name !== undefined) names.add(name);
  }
  return entries.map((entry): Step => {
    const { value } = entry;
    const behind = nameBehind(value, firewall.mcpUrl);
    if (behind !== undefined) return { to: 'none', entry, name: behind };
    if (isFirewallItself(value, firewall.mcpUrl)) {
      return { to: 'self', entry };
    }
    const because = obstacle(entry);
    if (because !== undefined) return { to: 'left', entry, because };
    const name = serverNameOf(entry.name, names);
    names.add(name);
    if (typeof value['command'] === 'string') {
      return { to: 'wrap', entry, name, value: putBehind(value, name, firewall) };
    }
    const { headers: _, ...rest } = value;
    const through = { ...rest, url: `${firewall.mcpUrl}/${name}` };
    return { to: 'proxy', entry, name, value: through, upstream: upstreamOf(value) };
  });
}
