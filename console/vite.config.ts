import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

/** Browsers that know `light-dark()`, so that colours are not written twice, and `JSON.rawJSON`. */
const BROWSERS = ['chrome123', 'firefox135', 'safari18.4'];

/** Builds the console into `dist`; the service writes into its `index.html` what it says without scripts. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/ui/',
  // A cache beside the sources would be taken for sources.
  cacheDir: fileURLToPath(new URL('../node_modules/.vite/console', import.meta.url)),
  plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
  publicDir: false,
  build: {
    target: BROWSERS,
    outDir: 'dist',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // A picture inside a style sheet would be a data: address, which the page's policy refuses.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: fileURLToPath(new URL('index.html', import.meta.url)),
      // A slow machine is no news to whoever installs.
      checks: { pluginTimings: false },
    },
  },
});
