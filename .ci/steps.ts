import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Runs a program of a package, or a script, to its end; returns its exit code. A wish to stop is
 * passed on, and when the program has stopped, so do we: no later step begins.
 */
export function runNode(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, script), ...args], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, ...env },
    });
    let stopping = false;
    const passOn = (signal: NodeJS.Signals) => {
      stopping = true;
      child.kill(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, passOn);
    child.on('exit', (code) => {
      if (stopping) process.exit(130);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, passOn);
      resolve(code ?? 1);
    });
  });
}

/** A task that only hands its arguments to one script. */
export async function handOver(script: string): Promise<never> {
  process.exit(await runNode(script, process.argv.slice(2)));
}

export const tools = {
  types: 'node_modules/typescript/bin/tsc',
  lint: 'node_modules/oxlint/bin/oxlint',
  unit: 'node_modules/vitest/vitest.mjs',
  e2e: 'node_modules/@playwright/test/cli.js',
  bundle: 'node_modules/vite/bin/vite.js',
  bundleDesktop: 'node_modules/electron-vite/bin/electron-vite.js',
  format: 'node_modules/prettier/bin/prettier.cjs',
} as const;

export const lintArguments = ['--config', '.ci/oxlint.json', '--deny-warnings', '.'];
export const unitArguments = ['run', '--config', '.ci/vitest.config.ts'];

export async function timed<Value>(what: string, work: () => Promise<Value>): Promise<Value> {
  const start = performance.now();
  const value = await work();
  process.stdout.write(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  return value;
}
