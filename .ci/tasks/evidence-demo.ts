import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, runNode } from '../steps.ts';

// A demonstration: a firm runs until a price breaks a limit, a pack is made of it, the verifier says
// the same from the file alone, and of four forgeries says where they are.
const RUNS_MS = 30_000;
const STOPS_MS = 15_000;
/** A slow machine needs some until a price breaks a limit. */
const ROUNDS_MAX = 6;
const folder = mkdtempSync(join(tmpdir(), 'propdesk-evidence-'));
const pack = join(folder, 'pack.html');

if ((await runNode('.ci/tasks/build-verifier.ts', [])) !== 0) process.exit(1);
const NO_BREACH = 2;
let made = NO_BREACH;
for (let round = 0; round < ROUNDS_MAX && made === NO_BREACH; round += 1) {
  process.stdout.write(`a demonstration trades for ${RUNS_MS / 1000} s …\n`);
  await demoFor(RUNS_MS);
  made = await runNode('server/cli/evidence.ts', ['--data', folder, '--out', pack]);
}
if (made !== 0) process.exit(made);
const honest = readFileSync(pack, 'utf8');
check('the pack as it was given out', honest, 0);
check(
  'a number of the page, changed',
  honest.replace(/(<dt>Equity<\/dt><dd>)(\d)/, (_all, before: string, digit: string) => {
    return before + String((Number(digit) + 1) % 10);
  }),
  1,
);
check('a deal’s price in the machine part, changed', honest.replace(/("price":)(\d+)/, '$11$2'), 1);
check(
  'a price of the market, moved',
  honest.replace(/("bytes":"[^"]{40})(.)/, (_all, before: string, letter: string) => {
    return before + (letter === 'A' ? 'B' : 'A');
  }),
  1,
);
check(
  'the version of the rules, another',
  honest.replaceAll(/("ruleSetId":"[^"]+","version":)(\d+)/g, '$19'),
  1,
);
rmSync(folder, { recursive: true, force: true });

/** Starts a demonstration on the folder, and stops it again as a person would. */
async function demoFor(milliseconds: number): Promise<void> {
  const options = ['--port', '0', '--accounts', '80', '--activity', '900', '--speed', 'max'];
  const server = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'server/main.ts', '--data', folder, ...options],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, PROPDESK_LOG_LEVEL: 'error' },
    },
  );
  const ended = new Promise((done) => server.on('exit', done));
  await Promise.race([ended, new Promise((done) => setTimeout(done, milliseconds))]);
  server.kill('SIGTERM');
  // The log is whole however it ends.
  const hurry = setTimeout(() => server.kill('SIGKILL'), STOPS_MS);
  await ended;
  clearTimeout(hurry);
}

function check(what: string, text: string, expected: number): void {
  writeFileSync(pack, text);
  const verifier = join(root, 'out', 'propdesk-verify', 'propdesk-verify.mjs');
  const { status, stdout } = spawnSync(process.execPath, [verifier, 'pack', pack], {
    encoding: 'utf8',
    env: { PATH: '' },
  });
  const said = stdout.trim().split('\n').slice(-2).join(' — ');
  process.stdout.write(`\n${what}: exit code ${status}\n  ${said}\n`);
  if (status !== expected) process.exit(1);
}
