import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildDesktop, buildRenderer } from './build.ts';
import { findElectron, type Electron } from './electron.ts';
import { freePort, launch, stop, type Launch, type Launched } from './launch.ts';
import { readStartOptions, type StartOptions } from './options.ts';
import { root, timed } from './steps.ts';

const SERVER_READY_MS_MAX = 60_000;
const ORPHAN_CHECK_MS = 500;
const READY = /^server ready (http:\/\/\S+)/;

/** Server and console together, until one of them ends or somebody stops them. */
export async function runPropdesk(args: readonly string[], watch: boolean): Promise<number> {
  const options = readStartOptions(args, process.env);
  const stopped = untilStopped();
  const running: Launched[] = [];
  try {
    const electron: Electron = options.browser
      ? { kind: 'none', why: 'asked for a browser' }
      : findElectron();
    await build(electron);
    const env = await environment(options);
    const server = await startServer({ options, env, watch, running, stopped });
    if (server === null) return 0;
    if (watch) running.push(launch(rendererWatch()));
    if (electron.kind === 'none') process.stdout.write(`desk: in a browser (${electron.why})\n`);
    const desk = launch(deskLaunch(electron, env));
    running.push(desk);
    const first = await Promise.race([
      stopped.then(() => ({ who: 'us', code: 0 })),
      desk.ended.then((code) => ({ who: 'desk', code })),
      server.ended.then((code) => ({ who: 'server', code })),
    ]);
    // A closed window ends the program; a server that ends by itself is an error.
    if (first.who !== 'server') return first.code;
    process.stderr.write(`the server ended by itself (exit code ${first.code})\n`);
    return 1;
  } finally {
    for (const launched of running.reverse()) await stop(launched);
  }
}

async function build(electron: Electron): Promise<void> {
  const what = electron.kind === 'found' ? buildDesktop : buildRenderer;
  const built = await timed('build', what);
  if (!built) process.stdout.write('build: nothing changed since the last one\n');
}

/** The contract between start, server and desk; see CONTRIBUTING.md. */
async function environment(options: StartOptions): Promise<Record<string, string>> {
  const data = resolve(root, options.data);
  const serverPort = await choosePort('server', options.serverPort);
  const deskPort = await choosePort('desk', options.deskPort, serverPort);
  return {
    PROPDESK_DATA: data,
    PROPDESK_SERVER_PORT: String(serverPort),
    PROPDESK_DESK_PORT: String(deskPort),
    PROPDESK_TOKEN_FILE: join(data, 'server', 'desk-token'),
  };
}

async function choosePort(what: string, wanted: number, taken?: number): Promise<number> {
  const port = await freePort(wanted === taken ? wanted + 1 : wanted);
  if (port !== wanted) process.stdout.write(`${what}: port ${wanted} is taken, using ${port}\n`);
  return port;
}

interface ServerStart {
  readonly options: StartOptions;
  readonly env: Readonly<Record<string, string>>;
  readonly watch: boolean;
  readonly running: Launched[];
  readonly stopped: Promise<void>;
}

/** The server, listening; null when somebody stopped us before it did. */
async function startServer(start: ServerStart): Promise<Launched | null> {
  const ready = Promise.withResolvers<string>();
  const begun = performance.now();
  const server = launch(
    {
      name: 'server',
      command: process.execPath,
      args: [
        '--disable-warning=ExperimentalWarning',
        ...(start.watch ? ['--watch', '--watch-preserve-output'] : []),
        join(root, 'server', 'main.ts'),
        ...start.options.forServer,
      ],
      env: start.env,
    },
    (line) => {
      const address = READY.exec(line)?.[1];
      if (address) ready.resolve(address);
    },
  );
  start.running.push(server);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const limit = `${SERVER_READY_MS_MAX / 1000} s`;
    timer = setTimeout(
      () =>
        reject(
          new Error(
            `the server was not ready within ${limit}; its lines above say how far it came`,
          ),
        ),
      SERVER_READY_MS_MAX,
    );
  });
  const dead = server.ended.then((code) => {
    throw new Error(
      `the server ended before it was ready (exit code ${code}); see its lines above`,
    );
  });
  try {
    const outcome = await Promise.race([ready.promise, start.stopped, late, dead]);
    if (outcome === undefined) return null;
    process.stdout.write(`server: ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
    return server;
  } finally {
    clearTimeout(timer);
    // Its later end is the caller's matter.
    dead.catch(() => {});
  }
}

function deskLaunch(electron: Electron, env: Readonly<Record<string, string>>): Launch {
  if (electron.kind === 'found')
    return { name: 'desk', command: electron.program, args: [root], env };
  const script = join(root, 'electron', 'loopback', 'index.ts');
  if (!existsSync(script)) throw new Error('electron/loopback/index.ts is missing');
  return {
    name: 'desk',
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', script],
    env,
  };
}

function rendererWatch(): Launch {
  return {
    name: 'renderer build',
    command: process.execPath,
    args: [
      join(root, 'node_modules', 'vite', 'bin', 'vite.js'),
      'build',
      '--watch',
      '--config',
      'renderer/vite.config.ts',
    ],
    env: {},
  };
}

/** Resolves at the first wish to stop. Later wishes change nothing: stopping is under way. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve());
    // Whoever started us may be ended by force: then nobody is left to stop the server but us.
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) resolve();
    }, ORPHAN_CHECK_MS).unref();
  });
}
