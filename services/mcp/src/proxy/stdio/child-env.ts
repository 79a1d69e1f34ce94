import type { Env } from '@aegis/kit/env';

/** What a server needs of the environment to run at all. The rest stays here: it holds this process's own secrets. */
const INHERITED = ['HOME', 'LANG', 'LC_ALL', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'TMPDIR', 'TZ', 'USER'];

/** The environment of a stdio server: a few plain variables, and what the operator wrote for it. */
export function childEnv(env: Env, own: Readonly<Record<string, string>>): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(inherited), ...own };
}
