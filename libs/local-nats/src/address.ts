import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrokerAddress } from '@aegis/bus/law';
import { z } from 'zod';
import { brokerPaths } from './paths.ts';

const Address = z.strictObject({ url: z.string(), keysDir: z.string() });

/** The folder of the embedded server inside a data directory. */
export const brokerFolder = (dataDir: string): string => join(dataDir, 'broker');

/** The address of the server that runs from a data directory; undefined where none was started or it was stopped. */
export async function readBrokerAddress(dataDir: string): Promise<BrokerAddress | undefined> {
  const file = brokerPaths(brokerFolder(dataDir)).addressFile;
  try {
    return Address.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}
