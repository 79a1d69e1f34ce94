import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, release, type } from 'node:os';

export type Machine = { date: string; cores: number; cpu: string; platform: string; filesystem: string };

/** `f_type` of statfs(2). */
const FILESYSTEMS: Readonly<Record<number, string>> = {
  0xef53: 'ext4',
  0x58465342: 'xfs',
  0x9123683e: 'btrfs',
  0x01021994: 'tmpfs (in memory: nothing is synced)',
  0x794c7630: 'overlayfs',
};

/** What the figures depend on. `dataDir` is where the event log lies. */
export async function describeMachine(dataDir: string): Promise<Machine> {
  const kind = (await statfs(dataDir)).type;
  return {
    date: new Date().toISOString().slice(0, 10),
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    platform: `${type()} ${release()}`,
    filesystem: FILESYSTEMS[kind] ?? `file system 0x${kind.toString(16)}`,
  };
}
