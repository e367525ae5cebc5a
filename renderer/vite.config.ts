import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';

const folder = dirname(fileURLToPath(import.meta.url));

/** The dock wears our own tokens: the themes it is delivered with, most of its style sheet, stay out. */
const withoutDockThemes = {
  postcssPlugin: 'without-dock-themes',
  Rule: (rule: { readonly selectors: string[]; remove(): unknown }): void => {
    const isTheme = rule.selectors.every((selector) => selector.startsWith('.dockview-theme-'));
    if (isTheme) rule.remove();
  },
};

/**
 * How the renderer is built, for both hosts: Electron loads it from its package, the loopback host
 * serves it. Both forbid inline scripts and code from elsewhere, so everything is a file of its own.
 */
export const rendererConfig: UserConfig = {
  root: folder,
  // Relative, because Electron does not load it from the root of an address.
  base: './',
  plugins: [react()],
  css: { postcss: { plugins: [withoutDockThemes] } },
  worker: { format: 'es' },
  build: {
    outDir: join(folder, '..', 'out', 'renderer'),
    emptyOutDir: true,
    target: 'chrome140',
    minify: true,
    sourcemap: true,
    // A `data:` address would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The grid and the chart library are large and are loaded from the disk: no reason to split.
    chunkSizeWarningLimit: 4096,
    rollupOptions: { input: join(folder, 'index.html') },
  },
};

export default defineConfig(rendererConfig);
