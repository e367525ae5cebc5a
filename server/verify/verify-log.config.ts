import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const project = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The verifier as one file that needs Node and nothing else: what an auditor is given. */
export default defineConfig({
  root: project,
  logLevel: 'warn',
  build: {
    ssr: join(project, 'server', 'cli', 'verify-log.ts'),
    outDir: join(project, 'out'),
    emptyOutDir: false,
    target: 'node22',
    // Who is asked to run it may want to read it.
    minify: false,
    rollupOptions: { output: { entryFileNames: 'verify-log.mjs', codeSplitting: false } },
  },
  ssr: { noExternal: true },
});
