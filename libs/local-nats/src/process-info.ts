import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type ProcessInfo = { readonly parent: number; readonly command: string };

async function fromProc(pid: number): Promise<ProcessInfo> {
  const [stat, command] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/cmdline`, 'utf8'),
  ]);
  // The name in parentheses may hold spaces and parentheses itself: fields count from the last one.
  const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(parent), command: command.replaceAll('\0', ' ') };
}

async function fromPs(pid: number): Promise<ProcessInfo> {
  const { stdout } = await run('ps', ['-o', 'ppid=,args=', '-p', String(pid)], { timeout: 5_000 });
  const [, parent, command = ''] = /^\s*(\d+)\s+(.*)/.exec(stdout) ?? [];
  return { parent: Number(parent), command };
}

/** What the system says of a process; undefined where there is none (or a dead one that nobody has collected yet). */
export async function processInfo(pid: number): Promise<ProcessInfo | undefined> {
  try {
    const info = await (process.platform === 'linux' ? fromProc(pid) : fromPs(pid));
    return info.command.trim() === '' ? undefined : info;
  } catch {
    return undefined;
  }
}
