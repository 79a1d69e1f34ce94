import { userInfo } from 'node:os';
import { join } from 'node:path';
import { homeFolder } from '@aegis/kit/os-user';
import { dataDirOf } from './paths.ts';
import type { OwnSettings } from './settings.ts';

/** What a shell, or a server that reads paths as one does, may put in the place of a name. */
const OF_SHELLS = [
  'TMPDIR',
  'TEMP',
  'APPDATA',
  'LOCALAPPDATA',
  'XDG_CONFIG_HOME',
  'XDG_STATE_HOME',
  'OLDPWD',
];

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user that has no name.
    return process.env['USER'] ?? '';
  }
}

/** The names in upper case, and what they stand for here. */
export function ownVariables(settings: OwnSettings): Record<string, string> {
  const home = homeFolder();
  const set = OF_SHELLS.flatMap((name) => {
    const value = process.env[name];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  const user = userName();
  return {
    ...(home === undefined
      ? {}
      : { XDG_STATE_HOME: join(home, '.local', 'state'), XDG_CONFIG_HOME: join(home, '.config') }),
    ...Object.fromEntries(set),
    ...(home === undefined ? {} : { HOME: home, USERPROFILE: home }),
    USER: user,
    USERNAME: user,
    LOGNAME: user,
    PWD: process.cwd(),
    AEGIS_DATA_DIR: dataDirOf(settings),
    ...(settings.POLICY_PATH === undefined ? {} : { POLICY_PATH: settings.POLICY_PATH }),
  };
}
