import type { Upstream } from '@aegis/firewall/servers';
import type { Env } from '@aegis/kit/env';

export type Expanded<U extends Upstream> = { readonly upstream: U } | { readonly problem: string };

const PLACEHOLDER = /\$\{([^{}]*)\}/g;
const VARIABLE = /^(?:env:)?([A-Za-z_]\w*)(?::-(.*))?$/s;

class Unfilled extends Error {}

/** `${NAME}`, `${env:NAME}`, and `${NAME:-what to take where it is not set}`; unset and empty are the same. */
function expandText(text: string, env: Env): string {
  return text.replace(PLACEHOLDER, (written: string, inside: string) => {
    const [, name = '', otherwise] = VARIABLE.exec(inside) ?? [];
    if (name === '') {
      throw new Unfilled(`${written} can't be filled in: only environment variables can, as \${NAME}`);
    }
    const value = env[name] || otherwise;
    if (value === undefined) throw new Unfilled(`the environment variable ${name} is not set`);
    return value;
  });
}

const expandTexts = (texts: Readonly<Record<string, string>>, env: Env): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, expandText(text, env)]));

function fill(upstream: Upstream, env: Env): Upstream {
  if (upstream.kind === 'http') {
    const { url, headers } = upstream;
    return { ...upstream, url: expandText(url, env), headers: expandTexts(headers, env) };
  }
  const { command, args, cwd } = upstream;
  return {
    ...upstream,
    command: expandText(command, env),
    args: args.map((arg) => expandText(arg, env)),
    env: expandTexts(upstream.env, env),
    cwd: cwd === undefined ? undefined : expandText(cwd, env),
  };
}

/** Fills in the environment's values, so that no secret stands in the file. A problem names the variable, never a value. */
export function expandUpstream<U extends Upstream>(upstream: U, env: Env): Expanded<U> {
  try {
    return { upstream: fill(upstream, env) as U };
  } catch (thrown) {
    if (thrown instanceof Unfilled) return { problem: thrown.message };
    throw thrown;
  }
}
