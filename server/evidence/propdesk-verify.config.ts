import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const project = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The verifier of evidence packs as one file for plain Node: what a trader is given. */
export default defineConfig({
  root: project,
  logLevel: 'warn',
  build: {
    ssr: join(project, 'server', 'evidence', 'propdesk-verify.ts'),
    outDir: join(project, 'out', 'propdesk-verify'),
    emptyOutDir: true,
    target: 'node20',
    // Who is asked to run it may want to read it.
    minify: false,
    rollupOptions: {
      output: {
        entryFileNames: 'propdesk-verify.mjs',
        codeSplitting: false,
        banner: '#!/usr/bin/env node',
      },
    },
  },
  ssr: { noExternal: true },
});
