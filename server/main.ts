import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { pino } from 'pino';
import type { ExposureHolder, ExposureHoldersRequest } from '#core/exposure/view.ts';
import type { BackTestSummary } from '#core/fraud/back-test.ts';
import type { PreviewSummary } from '#core/programs/programs.events.ts';
import type { AccountDetail, CheckpointReply, CommandResult, Pulse } from '#core/sync/protocol.ts';
import type { Audience } from '#core/approvals/decision.ts';
import type { Proposal } from '#core/approvals/proposal.ts';
import { readCheckpoint } from '#core/audit/checkpoint.ts';
import { base64Of } from '#core/kernel/base64.ts';
import { openLogSigner, type LogSigner, type LogTree } from './audit/log-signer.ts';
import { readConfig, type Config } from './config.ts';
import type { ServerCommand, ServerIntent } from './commands/server-command.ts';
import { createGateway, type Gateway } from './gateway/gateway.ts';
import { createQuestions } from './gateway/questions.ts';
import { demoExposureLimits } from './demo/exposure-limits.ts';
import { payeesOf } from '#core/sim/things.ts';
import { apiClient, startDemoSite } from './demo/site.ts';
import { startDemoShop } from './demo/shop.ts';
import { foundPeople } from './people/founding.ts';
import { createPeopleGate } from './people/gate.ts';
import { openPeopleStore } from './people/people-store.ts';
import { openPayments } from './payments/payments.ts';
import { openProvisioning } from './provisioning/provisioning.ts';
import { openExposure } from './exposure/exposure.ts';
import type { PastReply, PastRequest } from './history/worker.ts';
import { startKpis } from './kpi/kpi-thread.ts';
import { kpiQuestions } from './kpi/questions.ts';
import { createReplays } from './kpi/replays.ts';
import { createReports } from './kpi/reports.ts';
import { openMail } from './notify/mail.ts';
import { readNotifySettings } from './notify/settings.ts';
import { createPreviews } from './impact/previews.ts';
import { createBackTests } from './surveillance/back-tests.ts';
import type { SurveillanceStanding } from './surveillance/messages.ts';
import { surveillanceQuestions } from './surveillance/questions.ts';
import { startSurveillance } from './surveillance/surveillance.ts';
import { createEvidence } from './evidence/evidence.ts';
import { evidenceAt } from './evidence/at-entry.ts';
import { evidenceQuestions } from './evidence/questions.ts';
import { openStanding } from './standing/standing.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { recentAlerts } from './notify/recent-alerts.ts';
import { startNotify } from './notify/notify.ts';
import { listPrograms } from './programs-list.ts';
import type {
  FromPartition,
  StateReply,
  ToPartition,
  WorkerOptions,
} from './partition/messages.ts';
import { createReplica } from './replica.ts';
import { openSearch } from './search/search.ts';
import { openSupport } from './support/support.ts';
import { zones } from './time/zones.ts';
import { startEscalations } from './work/escalations.ts';
import { factsForDesks } from './work/work-log.ts';
import { openStore, type Store } from './store/store.ts';

/** A partition that does not stop in this time is ended; its log is whole all the same. */
const STOP_MS = 8_000;
const PORTS_TRIED_MAX = 20;
const CHECKPOINT_EVERY_MS = 1_000;
const SESSIONS_LOOKED_AT_EVERY_MS = 60_000;
/** A request that has not arrived whole by then is dropped. */
const HTTP_REQUEST_MS = 60_000;
/** The passwords of a demonstration are public: making them hard to guess would only cost time. */
const DEMO_PASSWORD_COST = { log2N: 12, r: 8, p: 1 };

const config = readConfig(process.argv.slice(2), process.env);
if (!config.ok) {
  process.stderr.write(`server: the configuration is wrong\n${config.error}\n`);
  process.exit(2);
}
const { market } = config.value;
if (market !== undefined && !existsSync(market)) {
  process.stderr.write(`server: --market ${market} does not exist\n`);
  process.exit(2);
}
await serve(config.value);

/** Starts the partition's thread, then the gateway on what the log holds; stops on a signal. */
async function serve(options: Config): Promise<void> {
  const log = pino({ level: options.logLevel, name: 'server' }, pino.destination(2));
  const folder = resolve(options.data, 'server');
  mkdirSync(folder, { recursive: true });
  const token = readToken(join(folder, 'desk-token'));
  const partition = startPartition(options, folder);
  const metrics = createMetrics();
  const ready = await partition.ready;
  const file = join(folder, 'log.sqlite');
  const store = openStore(file, 'read');
  const { checkpoint, signEvidence } = openCheckpoints(folder, ready.logId, store);
  const evidence = createEvidence({
    file,
    checkpoint: () => checkpoint(0),
    sign: signEvidence,
    now: Date.now,
  });
  const payments = await openPayments({
    folder,
    demo: options.people === 'demo',
    logId: ready.logId,
    governance: () => governance,
    command: (command) => partition.command(command),
    content: store.content,
    account: (accountId) => {
      const number = view.numberOf(accountId);
      return number === undefined ? null : (view.accounts[number]?.terms ?? null);
    },
    evidence: (seq) =>
      evidenceAt(seq, {
        store,
        evidence,
        accountOfPayout: (payoutId) => governance.payout(payoutId)?.request.accountId ?? null,
      }),
    now: Date.now,
    log,
  });
  // From here to where the partition is listened to nothing may wait: facts would pass unheard.
  const replica = createReplica(store, payments);
  const { view, governance } = replica;
  const system = (intent: ServerIntent): Promise<CommandResult> =>
    partition.command({
      commandId: `system-${randomUUID()}`,
      actor: { type: 'system', id: 'server' },
      intent,
    });
  const inNameOf = (personId: string, intent: ServerIntent): Promise<CommandResult> =>
    partition.command({
      commandId: `person-${randomUUID()}`,
      actor: { type: 'operator', id: personId },
      intent,
    });
  const people = openPeopleStore(join(folder, 'people.sqlite'), {
    now: Date.now,
    ...(options.people === 'demo' ? { passwordCost: DEMO_PASSWORD_COST } : {}),
  });
  const gate = createPeopleGate({
    store: people,
    governance,
    demo: options.people === 'demo',
    tell: (intent, by) => void (by === null ? system(intent) : inNameOf(by, intent)),
  });
  const provisioning = openProvisioning({
    folder,
    demo: options.people === 'demo',
    governance: () => governance,
    command: (command) => partition.command(command),
    hasOpened: (accountId) => view.numberOf(accountId) !== undefined,
    hasTraded: (accountId) =>
      store.stream(0, `account:${accountId}`).some(({ kind }) => kind === 'dealBooked'),
    now: Date.now,
    log,
  });
  const exposure = openExposure({
    governance,
    note: system,
    holders: partition.holders,
    samplesFile: join(folder, 'exposure-samples.json'),
    now: Date.now,
    failed: (problem) => log.warn(problem),
  });
  const notify = startNotify({
    folder,
    file,
    demo: options.people === 'demo',
    command: (command) => partition.command(command),
    log,
  });
  const support = openSupport({
    folder,
    demo: options.people === 'demo',
    governance: () => governance,
    command: (command) => partition.command(command),
    content: store.content,
    now: Date.now,
    log,
  });
  const search = openSearch({
    file: join(folder, 'search.sqlite'),
    logId: ready.logId,
    store,
    lastSeq: () => replica.lastSeq,
    governance: () => governance,
    account: (accountId) => view.accounts[view.numberOf(accountId) ?? -1],
    failed: (error) => log.error({ error }, 'what can be found does not follow the log'),
  });
  const past = startPast(file);
  const standing = openStanding({
    folder,
    org: options.org,
    store,
    governance: () => governance,
    state: partition.state,
    evidence,
    now: Date.now,
  });
  const previews = createPreviews(file, partition.previewed);
  const surveillance = startSurveillance({
    log: file,
    snapshot: join(folder, 'surveillance.sqlite'),
    raise: ({ commandId, signals }) =>
      partition.command({
        commandId,
        actor: { type: 'system', id: 'surveillance' },
        intent: { type: 'raiseSignals', signals },
      }),
    stood: metrics.surveillance,
    logger: log,
  });
  const backTests = createBackTests(file, partition.backTested);
  const kpis = startKpis({ log: file, snapshot: join(folder, 'kpis.sqlite'), logger: log });
  const replays = createReplays(file);
  const mailSettings = readNotifySettings(join(folder, 'alerts.json'), options.people === 'demo');
  const reportMail = openMail({ settings: mailSettings, folder });
  const reports = createReports({
    governance: () => governance,
    kpis,
    settings: mailSettings,
    mail: reportMail,
    note: system,
    now: Date.now,
    failed: (problem) => log.warn(problem),
  });
  let latest: Pulse | null = null;
  const http = createServer((request, response) => {
    const { lastSeq } = replica;
    const health = (): Health => ({ lastSeq, accounts: view.accounts.length, latest });
    if (provisioning.pages.handle(request, response)) return;
    provisioning.shops
      .handle(request, response)
      .then((handled) => handled || payments.api.handle(request, response))
      .then((handled) => handled || standing.pages.handle(request, response))
      .then(async (handled) => {
        if (handled) return;
        const { status, type, body } = await respond(request.url ?? '', metrics, health);
        response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' });
        response.end(body);
      })
      .catch((error: unknown) => {
        log.error({ error }, 'an HTTP request failed');
        response.writeHead(500).end();
      });
  });
  const detail = async (accountId: string): Promise<AccountDetail | null> => {
    const reply = await partition.state(accountId);
    return reply === null ? null : detailOf(reply, await past.of(accountId, reply.state));
  };
  const gateway: Gateway = createGateway({
    http,
    token,
    log,
    logId: ready.logId,
    view,
    lastSeq: () => replica.lastSeq,
    deskFacts: (fromSeq, toSeq, limit) => store.deskFacts(0, fromSeq, toSeq, limit),
    recentAlerts: (limit) => recentAlerts(store, limit),
    detail,
    command: (command) => partition.command(command),
    programs: () => listPrograms(store, view.accounts),
    previews,
    slice: partition.slice,
    exposure,
    checkpoint,
    people: gate,
    audience: audienceOf(options),
    governedFacts: () => factsForDesks(store, 0, replica.board, Date.now()),
    questions: {
      ...createQuestions({
        store,
        governance,
        people: gate.list,
        checkpoint: () => checkpoint(0),
        payments,
      }),
      ...notify.questions,
      ...support.questions,
      ...search.questions,
      ...kpiQuestions({
        kpis,
        replays,
        governance: () => governance,
        mailboxes: Object.keys(mailSettings.mailboxes),
      }),
      ...evidenceQuestions(evidence),
      ...standing.questions,
      ...surveillanceQuestions({
        surveillance,
        backTests,
        policy: () => governance.cases.policy,
      }),
    },
    quarantined: (limit) => store.quarantined(limit),
    now: Date.now,
  });
  partition.listen((message) => {
    if (message.type === 'facts') {
      replica.take(message.facts, message.toSeq);
      metrics.facts(message.facts, replica.lastSeq);
      gateway.facts(replica.lastSeq);
      notify.facts(message.facts);
      support.facts(message.facts);
      search.committed();
      surveillance.committed();
      kpis.committed();
      provisioning.took(message.facts);
    } else if (message.type === 'rows') {
      gateway.rows(message.rows, message.values, message.marketAt);
    } else if (message.type === 'pulse') {
      latest = { ...message.pulse, serverAt: Date.now(), ...lagOf(surveillance.standing()) };
      gateway.pulse(latest);
      notify.pulse(latest);
      metrics.pulse(latest, message.commitMs, gateway.desks());
    } else if (message.type === 'exposure') {
      gateway.exposure(exposure.take(message.look, message.marketAt));
    }
  });
  if (governance.people.persons.size === 0) {
    const founding = await foundPeople(options.people, people);
    for (const line of founding.lines) process.stdout.write(`${line}\n`);
    await system(
      options.people === 'demo'
        ? { ...founding.intent, exposure: demoExposureLimits(options.accounts) }
        : founding.intent,
    );
  }
  const expiry = setInterval(() => people.removeExpired(), SESSIONS_LOOKED_AT_EVERY_MS);
  http.requestTimeout = HTTP_REQUEST_MS;
  const port = await listen(http, options.port);
  payments.start(`http://127.0.0.1:${port}`);
  standing.served(`http://127.0.0.1:${port}`);
  provisioning.start(`http://127.0.0.1:${port}`);
  reports.start();
  support.start();
  search.committed();
  process.stdout.write(`server ready http://127.0.0.1:${port}\n`);
  const { lastSeq } = replica;
  log.info({ accounts: view.accounts.length, lastSeq, logId: ready.logId }, 'serving');
  const site =
    options.people === 'demo'
      ? startDemoSite({
          accounts: () => view.accounts,
          detail,
          isLookedAt: (traderId) => governance.cases.liveAbout(traderId).length > 0,
          waiting: () => [...governance.open()].filter(isPayout).length,
          hasAsked: (accountId) => governance.payoutsOf(accountId).length > 0,
          tickets: () => [...governance.tickets.live()].length,
          hasWritten: (accountId) => governance.tickets.withAccount(accountId),
          payeeOf: payeesOf({ seed: options.seed, accounts: options.accounts }),
          bankFile: () =>
            payments.rail && payments.rail.payments().length > 0 ? payments.rail.camt() : null,
          post: apiClient(`http://127.0.0.1:${port}`, join(folder, 'api-clients.json'), Date.now),
          failed: (error) => log.warn({ error }, 'the demonstration’s site failed'),
        })
      : null;
  const escalations = startEscalations({
    board: () => replica.board,
    clocks: zones,
    command: (command) => partition.command(command),
    now: Date.now,
    failed: (problem) => log.warn(problem),
  });
  const shop =
    options.people === 'demo'
      ? startDemoShop({
          folder,
          url: `http://127.0.0.1:${port}`,
          orders: () => governance.orders,
          now: Date.now,
          failed: (error) => log.warn({ error }, 'the demonstration’s shop failed'),
        })
      : null;
  await stopSignal();
  shop?.stop();
  escalations.stop();
  site?.stop();
  log.info('stopping');
  await payments.stop();
  await provisioning.stop();
  await support.stop();
  await search.close();
  await notify.stop();
  await gateway.close();
  await Promise.race([surveillance.stop(), new Promise((done) => setTimeout(done, STOP_MS))]);
  await reports.stop();
  reportMail?.close();
  await Promise.race([kpis.stop(), new Promise((done) => setTimeout(done, STOP_MS))]);
  await replays.close();
  await backTests.close();
  await Promise.race([partition.stop(), new Promise((done) => setTimeout(done, STOP_MS))]);
  await exposure.close();
  await evidence.close();
  standing.close();
  await past.close();
  await previews.close();
  clearInterval(expiry);
  people.close();
  store.close();
  process.exit(0);
}

/** Signs what the log is, at most so often; a log that does not go on from before stops the server. */
function openCheckpoints(
  folder: string,
  logId: string,
  store: Store,
): { checkpoint(size: number): CheckpointReply; readonly signEvidence: LogSigner['signEvidence'] } {
  const signer = openLogSigner(folder, logId);
  const tree = store.tree(0);
  let note = firstCheckpoint(signer, tree);
  let signedAt = Date.now();
  const publicKey = base64Of(signer.publicKey);
  const checkpoint = (size: number): CheckpointReply => {
    if (Date.now() - signedAt > CHECKPOINT_EVERY_MS) {
      note = signer.checkpoint(tree);
      signedAt = Date.now();
    }
    const signed = readCheckpoint(note);
    const known = signed.ok && size <= signed.value.size;
    const proof = known ? tree.consistency(size, signed.value.size) : [];
    return { note, publicKey, proof: proof.map(base64Of) };
  };
  return { checkpoint, signEvidence: signer.signEvidence };
}

/** How far surveillance is behind, as every desk is told. */
function lagOf(standing: SurveillanceStanding | null): Pick<Pulse, 'surveillance'> {
  if (!standing) return {};
  const { factsBehind, marketAt, detectors } = standing;
  const faults = detectors.filter(({ fault }) => fault !== null).length;
  return { surveillance: { factsBehind, marketAt, faults } };
}

function isPayout({ action }: Proposal): boolean {
  return action === 'payPayout';
}

/** A demonstration's signatures count in no firm. */
function audienceOf({ org, people }: Config): Omit<Audience, 'log'> {
  return { org, env: people === 'demo' ? 'demo' : 'production' };
}

function firstCheckpoint(signer: LogSigner, tree: LogTree): string {
  try {
    return signer.checkpoint(tree);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `server: ${reason}. Nothing is served from it: put the right log back, or find out with npm run verify.\n`,
    );
    process.exit(1);
  }
}

interface PartitionThread {
  readonly ready: Promise<Extract<FromPartition, { type: 'ready' }>>;
  listen(listener: (message: FromPartition) => void): void;
  state(accountId: string): Promise<StateReply | null>;
  command(command: ServerCommand): Promise<CommandResult>;
  slice(): Promise<Uint8Array | null>;
  holders(request: ExposureHoldersRequest): Promise<readonly ExposureHolder[] | null>;
  previewed(summary: PreviewSummary): void;
  backTested(summary: BackTestSummary): void;
  stop(): Promise<void>;
}

function startPartition(options: Config, dataFolder: string): PartitionThread {
  const workerData: WorkerOptions = {
    dataFolder,
    market: options.market ? resolve(options.market) : null,
    accounts: options.accounts,
    seed: options.seed,
    speed: options.speed,
    activityPercent: options.activity,
    startAt: Date.now(),
    bridge: bridgeOf(options),
    audience: audienceOf(options),
  };
  const worker = new Worker(new URL('./partition/worker.ts', import.meta.url), { workerData });
  const waiting = new Map<number, (message: FromPartition) => void>();
  let next = 0;
  const ask = (message: (id: number) => ToPartition): Promise<FromPartition> =>
    new Promise((done) => {
      next += 1;
      waiting.set(next, done);
      worker.postMessage(message(next));
    });
  worker.on('error', (error) => {
    process.stderr.write(`server: the partition stopped: ${error.stack ?? error.message}\n`);
    process.exit(1);
  });
  const ready = new Promise<Extract<FromPartition, { type: 'ready' }>>((done) => {
    worker.on('message', (message: FromPartition) => {
      if (message.type === 'ready') done(message);
      if (message.type === 'progress') process.stdout.write(`${message.line}\n`);
      if (
        message.type === 'commandResult' ||
        message.type === 'state' ||
        message.type === 'slice' ||
        message.type === 'exposureHolders'
      ) {
        waiting.get(message.id)?.(message);
        waiting.delete(message.id);
      }
    });
  });
  return {
    ready,
    listen: (listener) => void worker.on('message', listener),
    state: async (accountId) => {
      const message = await ask((id) => ({ type: 'state', id, accountId }));
      return message.type === 'state' ? message.reply : null;
    },
    command: async (command) => {
      const message = await ask((id) => ({ type: 'command', id, command }));
      if (message.type !== 'commandResult')
        throw new Error('the partition answered something else');
      return message.result;
    },
    slice: async () => {
      const message = await ask((id) => ({ type: 'slice', id }));
      return message.type === 'slice' ? message.bytes : null;
    },
    holders: async (request) => {
      const message = await ask((id) => ({ type: 'exposureHolders', id, request }));
      return message.type === 'exposureHolders' ? message.holders : null;
    },
    previewed: (summary) => worker.postMessage({ type: 'preview', summary } satisfies ToPartition),
    backTested: (summary) =>
      worker.postMessage({ type: 'backTest', summary } satisfies ToPartition),
    stop: () =>
      new Promise((done) => {
        worker.on('exit', () => done());
        worker.postMessage({ type: 'stop' } satisfies ToPartition);
      }),
  };
}

/** The live platform that is configured; null for the demo world. */
function bridgeOf(options: Config): WorkerOptions['bridge'] {
  if (options.platform !== 'bridge') return null;
  const { bridgeCertificate: certificate, bridgeCertificateKey: key } = options;
  return {
    bridge: options.bridge,
    host: options.bridgeHost,
    port: options.bridgePort,
    tls: certificate && key ? { certificate: resolve(certificate), key: resolve(key) } : null,
    delivers: options.bridgeDelivers,
  };
}

function startPast(file: string): {
  of(accountId: string, state: StateReply['state']): Promise<PastReply['past']>;
  close(): Promise<unknown>;
} {
  const worker = new Worker(new URL('./history/worker.ts', import.meta.url), {
    workerData: { file },
  });
  const waiting = new Map<number, (past: PastReply['past']) => void>();
  let next = 0;
  worker.on('message', ({ id, past }: PastReply) => {
    waiting.get(id)?.(past);
    waiting.delete(id);
  });
  return {
    of: (accountId, state) =>
      new Promise((done) => {
        next += 1;
        waiting.set(next, done);
        worker.postMessage({ id: next, accountId, state } satisfies PastRequest);
      }),
    close: () => worker.terminate(),
  };
}

function detailOf(reply: StateReply, past: PastReply['past']): AccountDetail {
  return { ...reply, ...past };
}

interface Health {
  readonly lastSeq: number;
  readonly accounts: number;
  readonly latest: Pulse | null;
}

async function respond(
  url: string,
  metrics: Metrics,
  health: () => Health,
): Promise<{ status: number; type: string; body: string }> {
  if (url === '/metrics') {
    return { status: 200, type: 'text/plain; version=0.0.4', body: await metrics.text() };
  }
  if (url === '/healthz') {
    const { lastSeq, accounts, latest } = health();
    const body = JSON.stringify({
      ok: true,
      lastSeq,
      accounts,
      marketAt: latest?.marketAt ?? null,
    });
    return { status: 200, type: 'application/json', body };
  }
  return { status: 404, type: 'text/plain', body: 'not found\n' };
}

/** The secret that desks of this machine share with the server; made once, readable by its owner. */
function readToken(file: string): string {
  if (!existsSync(file))
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 });
  chmodSync(file, 0o600);
  return readFileSync(file, 'utf8').trim();
}

async function listen(http: Server, wanted: number): Promise<number> {
  for (let tried = 0; tried < PORTS_TRIED_MAX; tried += 1) {
    const free = await new Promise<boolean>((done) => {
      http.once('error', () => done(false));
      http.listen(wanted === 0 ? 0 : wanted + tried, '127.0.0.1', () => done(true));
    });
    if (free) return (http.address() as AddressInfo).port;
  }
  throw new Error(`no free port from ${wanted} on`);
}

function stopSignal(): Promise<unknown> {
  return new Promise((done) => {
    process.once('SIGINT', done);
    process.once('SIGTERM', done);
  });
}
