import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'electron-vite';
import { rendererConfig } from '../renderer/vite.config.ts';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const out = (part: string) => join(project, 'out', part);

/** Only what cannot be bundled stays a package: Electron itself, and SQLite with its binaries. */
const EXTERNAL = ['electron', 'better-sqlite3'];

export default defineConfig({
  main: {
    build: {
      outDir: out('main'),
      emptyOutDir: true,
      // Everything else is bundled, so that the shipped app holds no folder of packages.
      externalizeDeps: false,
      rollupOptions: {
        input: { index: join(project, 'electron', 'main', 'index.ts') },
        external: EXTERNAL,
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: out('preload'),
      emptyOutDir: true,
      externalizeDeps: false,
      rollupOptions: {
        input: { index: join(project, 'preload', 'index.ts') },
        external: ['electron'],
        // A preload in the sandbox must be CommonJS, and one file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: rendererConfig,
});
