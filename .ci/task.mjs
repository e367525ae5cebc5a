// The one entry of every npm script. Plain JavaScript that Node 20 can run: it brings the project
// to the point where Node 24 and the packages are there, then hands over to `tasks/<name>`.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_MAJOR_MIN = 24;
const ORPHAN_CHECK_MS = 500;
const [task = 'help', ...rest] = process.argv.slice(2);

installPackages();
const node = findNode();
run(node, task, rest);

/** `npm ci`, unless the packages in place are those that the lock file names. */
function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.propdesk-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  if (alreadyInstalled()) {
    writeFileSync(stamp, lock);
    return;
  }
  const start = Date.now();
  console.log('setup: installing packages (npm ci) …');
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, npm_config_loglevel: 'error' },
    shell: npm === undefined && process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(
      'setup: npm ci failed; the lines above say why. Is the package registry reachable?',
    );
    process.exit(1);
  }
  writeFileSync(stamp, lock);
  console.log(`setup: packages installed in ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

/** Whether somebody ran npm before us: npm notes what it put in place once all of it is there. */
function alreadyInstalled() {
  const note = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(note)) return false;
  const read = (file) => JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  const present = read(note);
  return Object.entries(read(join(root, 'package-lock.json'))).every(
    ([path, wanted]) =>
      path === '' ||
      (present[path]?.version ?? (wanted.optional ? wanted.version : undefined)) === wanted.version,
  );
}

/** This Node when it is new enough, else the one that the packages bring along. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return process.execPath;
  const packaged = join(
    root,
    'node_modules',
    `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (existsSync(packaged)) return packaged;
  console.error(
    `Propdesk needs Node ${NODE_MAJOR_MIN} or newer, this is ${process.version}, and no packaged Node ` +
      `exists for ${process.platform} ${process.arch}. Install Node ${NODE_MAJOR_MIN} and run this again.`,
  );
  process.exit(1);
}

function run(node, name, args) {
  const file = join(root, '.ci', 'tasks', `${name}.ts`);
  if (!existsSync(file)) {
    console.error(`there is no task "${name}"; see the scripts in package.json`);
    process.exit(1);
  }
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', file, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`,
    },
  });
  // The terminal sends Ctrl-C to the whole group; a signal sent to this process alone is passed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  // npm passes SIGTERM only to the shell in between, which dies of it and tells nobody.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, ORPHAN_CHECK_MS).unref();
  child.on('exit', (code, signal) => process.exit(signal ? 130 : (code ?? 1)));
}
