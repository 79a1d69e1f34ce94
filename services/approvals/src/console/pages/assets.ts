import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { z } from 'zod';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Of https://vite.dev/guide/backend-integration, what is read here. */
const Manifest = z.record(
  z.string(),
  z.looseObject({ file: z.string(), css: z.array(z.string()).optional(), isEntry: z.boolean().optional() }),
);

export type Asset = { readonly type: string; readonly body: Buffer };
/** The built console: the addresses of its script and its styles, and every file of it by address. */
export type Assets = {
  readonly script: string | undefined;
  readonly styles: readonly string[];
  readonly icon: string | undefined;
  readonly files: ReadonlyMap<string, Asset>;
};

/** The picture of the tab, by its source. */
const ICON = 'src/icon.svg';

const addressOf = (file: string | undefined): string | undefined =>
  file === undefined ? undefined : `/ui/${file}`;

const NOT_BUILT: Assets = { script: undefined, styles: [], icon: undefined, files: new Map() };

async function readFiles(dist: URL): Promise<Map<string, Asset>> {
  const names = await readdir(new URL('assets/', dist));
  const files = await Promise.all(
    names.map(async (name): Promise<[string, Asset]> => {
      const type = TYPES[extname(name)] ?? 'application/octet-stream';
      return [`/ui/assets/${name}`, { type, body: await readFile(new URL(`assets/${name}`, dist)) }];
    }),
  );
  return new Map(files);
}

/** Reads the built console once. Where it was not built, the pages work as they do without scripts. */
export async function loadAssets(dist: URL): Promise<Assets> {
  let manifest: z.infer<typeof Manifest>;
  try {
    manifest = Manifest.parse(JSON.parse(await readFile(new URL('.vite/manifest.json', dist), 'utf8')));
  } catch {
    return NOT_BUILT;
  }
  const entry = Object.values(manifest).find(({ isEntry }) => isEntry);
  return {
    script: addressOf(entry?.file),
    styles: (entry?.css ?? []).map((file) => `/ui/${file}`),
    icon: addressOf(manifest[ICON]?.file),
    files: await readFiles(dist),
  };
}
