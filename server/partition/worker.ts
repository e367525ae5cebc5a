import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { AccountTerms } from '#core/accounts/account.ts';
import { latchName } from '#core/what-if/simulate.ts';
import { sliceBook } from '#core/engine/book-slice.ts';
import { present } from '#core/kernel/assert.ts';
import { ENGINE_VERSION } from '#core/rules/verdict-facts.ts';
import { WORLD_VERSION } from '#core/sim/world.ts';
import { encodeSlice } from '#core/sync/slice-frame.ts';
import { DESK_LEAVES_OUT } from '#core/sync/protocol.ts';
import { verifyStrictly } from '../audit/verify-signature.ts';
import { adapters } from '../adapters/index.ts';
import type { PlatformAdapter } from '../adapters/platform-adapter.ts';
import { openRecording, playRecording } from '../market/recorded.ts';
import { secretIn } from '../payments/secrets.ts';
import { loadPrograms, offerOf, offersOf } from '../programs.ts';
import type { BackTestSummary } from '#core/fraud/back-test.ts';
import type { PreviewSummary } from '#core/programs/programs.events.ts';
import { openLiveBook } from '../exposure/live-book.ts';
import { createCatalogue } from './catalogue.ts';
import { openStore } from '../store/store.ts';
import { feedsOf } from './feeds.ts';
import type {
  BridgeSettings,
  FromPartition,
  StateReply,
  ToPartition,
  WorkerOptions,
} from './messages.ts';
import { openPartition } from './partition.ts';
import { createRowFeed } from './rows.ts';

/** How long one stretch of work may keep commands and rows waiting. */
const STRETCH_MS = 40;
const IDLE_MS = 8;
const ROWS_EVERY_MS = 40;
const ROWS_PER_TAKE_MAX = 4_096;
const PULSE_EVERY_MS = 1_000;
const ADVANCE_EVERY_MS = 500;
/** The modelled market starts in the busiest hour of the recorded day, whenever somebody looks. */
const BUSY_HOUR = 12;

/** What data folders are founded with that have no live platform. */
const DEMO = 'demo';

const port = present(parentPort, 'the port of this worker');
const options = workerData as WorkerOptions;
const tell = (message: FromPartition, transfer: ArrayBuffer[] = []): void =>
  port.postMessage(message, transfer);

mkdirSync(options.dataFolder, { recursive: true });
const programs = loadPrograms();
const catalogue = createCatalogue(programs);
const { ruleSets } = catalogue;
/** Previews told to this partition; publishing rests on one of them. */
const previews = new Map<string, PreviewSummary>();
/** The same of back-tests; a change of scoring rests on one of them. */
const backTests = new Map<string, BackTestSummary>();
const store = openStore(join(options.dataFolder, 'log.sqlite'));
// A world is executed again from its founding when no snapshot exists yet: it must be the same world.
const founding = store.founding({
  engineVersion: ENGINE_VERSION as string | undefined,
  worldVersion: WORLD_VERSION as number | undefined,
  seed: options.seed,
  accounts: options.accounts,
  activityPercent: options.activityPercent,
  startAt: options.startAt,
  market: options.market,
  platform: (options.bridge?.bridge ?? DEMO) as string | undefined,
});
const { seed, accounts, activityPercent, startAt, market } = founding;
const { platform = DEMO } = founding;
if (platform !== (options.bridge?.bridge ?? DEMO)) {
  throw new Error(
    `This data folder belongs to the platform "${platform}", not to ` +
      `"${options.bridge?.bridge ?? DEMO}": one log holds one platform. Give another --data.`,
  );
}
if (founding.engineVersion !== ENGINE_VERSION) {
  // Executing it again would give other facts than it holds, and stop in the middle.
  throw new Error(
    `This data folder was written by engine version ${founding.engineVersion ?? '1'}, this is ` +
      `version ${ENGINE_VERSION}. Keep it for the version that wrote it, and give another --data.`,
  );
}
if (platform === DEMO && founding.worldVersion !== WORLD_VERSION) {
  throw new Error(
    `This data folder was founded in version ${founding.worldVersion ?? 1} of the demonstration, ` +
      `this is version ${WORLD_VERSION}: its traders would go on differently. Keep it for the ` +
      'version that wrote it, and give another --data.',
  );
}
const isOther = market !== options.market || seed !== options.seed || accounts !== options.accounts;
if (platform === DEMO && isOther) {
  const line =
    'This data folder was founded with another market, seed or number of accounts: it goes on';
  tell({ type: 'progress', line: `${line} with its own. Give another --data for a new firm.` });
}
const recording = market
  ? openRecording(market, join(options.dataFolder, 'ticks'), (line) =>
      tell({ type: 'progress', line }),
    )
  : null;
if (recording && !recording.ok) throw new Error(recording.error);
const recorded = recording?.value ?? null;
const partition = openPartition({
  partition: 0,
  store,
  catalogue,
  preview: (hash) => previews.get(hash) ?? null,
  backTest: (hash) => backTests.get(hash) ?? null,
  adapter: options.bridge === null ? demoWorld() : openBridge(options.bridge),
  now: Date.now,
  audience: options.audience,
  verify: verifyStrictly,
  salt: () => randomBytes(32).toString('hex'),
});
const { ingest, source } = partition;
const rowFeed = createRowFeed(ingest);
const liveBook = openLiveBook({
  partition: 0,
  book: ingest.book,
  catalogue,
  store,
  governance: partition.governance,
  now: () => performance.now(),
});
let stopping = false;
let lastRows = 0;
let lastPulse = 0;
let lastAdvance = 0;
let marksSincePulse = 0;
let commitMs = 0;

/** Market time runs from where the source stands, at `speed` times the wall clock's pace. */
const wallStart = Date.now();
const marketStart = source.nextAt() ?? wallStart;
const liveModel = recorded === null && options.speed === 1;
const marketNow = (): number => {
  // A platform tells what has happened: nothing of it is too early.
  if (options.speed === 0 || source.live) return Infinity;
  // A live demo follows the wall clock: after a pause it catches up.
  return liveModel ? Date.now() : marketStart + (Date.now() - wallStart) * options.speed;
};

tell({
  type: 'ready',
  lastSeq: ingest.lastSeq,
  accounts: ingest.book.accounts,
  logId: store.logId,
});
port.on('message', (message: ToPartition) => {
  if (message.type === 'stop') stopping = true;
  else if (message.type === 'preview') keepLatest(previews, message.summary);
  else if (message.type === 'backTest') keepLatest(backTests, message.summary);
  else if (message.type === 'slice') sendSlice(message.id);
  else if (message.type === 'exposureHolders') {
    const holders = liveBook.holders(message.request);
    tell({ type: 'exposureHolders', id: message.id, holders });
  } else if (message.type === 'command') {
    const { result, facts } = partition.command(message.command);
    publish(facts);
    publish(partition.advance());
    tell({ type: 'commandResult', id: message.id, result });
  } else {
    tell({ type: 'state', id: message.id, reply: stateOf(message.accountId) });
  }
});
let isWoken = false;
source.live?.onArrival(() => {
  if (isWoken) return;
  isWoken = true;
  // After what else has arrived in this turn: one commit for all of it.
  setImmediate(work);
});
let nextWork: NodeJS.Timeout | null = null;
work();

function work(): void {
  isWoken = false;
  if (nextWork !== null) clearTimeout(nextWork);
  if (stopping) return stop();
  const start = performance.now();
  let took = 0;
  do {
    const before = performance.now();
    const done = partition.run(marketNow());
    took = done.records;
    if (took > 0) commitMs = performance.now() - before;
    marksSincePulse += done.marks;
    publish(done.facts);
  } while (took > 0 && performance.now() - start < STRETCH_MS);
  advance();
  sendRows();
  sendExposure();
  sendPulse();
  nextWork = setTimeout(work, took > 0 ? 0 : IDLE_MS);
}

function demoWorld(): PlatformAdapter {
  return adapters.replay({
    seed,
    accounts,
    activityPercent,
    programs: offersOf(programs),
    startAt,
    hoursAhead: (BUSY_HOUR - new Date(startAt).getUTCHours() + 24) % 24,
    recorded: recorded && ((place) => playRecording(recorded, place)),
  });
}

function openBridge({ tls, ...settings }: BridgeSettings): PlatformAdapter {
  const keyFile = join(options.dataFolder, 'bridge-key');
  const line = (text: string): void => tell({ type: 'progress', line: text });
  return adapters.bridge({
    ...settings,
    key: secretIn(keyFile),
    tls: tls && {
      certificate: readFileSync(tls.certificate, 'utf8'),
      key: readFileSync(tls.key, 'utf8'),
    },
    log: store.logId,
    // The latest version of each program that is on sale.
    offers: () =>
      programs.map((shipped) => {
        const { programId } = shipped.program;
        const latest = catalogue.version(programId, catalogue.latestVersion(programId));
        return offerOf(latest ?? shipped, 'purchasesOnly');
      }),
    now: Date.now,
    note: line,
    listening: (at) =>
      line(`bridge ready on ${tls ? 'wss' : 'ws'}://${settings.host}:${at}, key in ${keyFile}`),
    failed: (error) => {
      throw new Error(`the bridge cannot listen on port ${settings.port}: ${error.message}`);
    },
  });
}

/** Proposals whose time has come: their end, their execution, their escalation. */
function advance(): void {
  const now = performance.now();
  if (now - lastAdvance < ADVANCE_EVERY_MS) return;
  lastAdvance = now;
  publish(partition.advance());
}

/** By rule set, because versions never change: whether its phase pays profit out. */
const payingOut = new Map<string, boolean>();
function paysOut({ program, phase, ruleSet }: AccountTerms): boolean {
  const known = payingOut.get(ruleSet.hash);
  if (known !== undefined) return known;
  const phases = catalogue.version(program.programId, ruleSet.version)?.program.phases ?? [];
  const pays = phases.find(({ phaseId }) => phaseId === phase.phaseId)?.payout !== undefined;
  payingOut.set(ruleSet.hash, pays);
  return pays;
}

function sendSlice(id: number): void {
  const bytes = encodeSlice(sliceBook(ingest.book, paysOut, liveBook.owedPpm));
  tell({ type: 'slice', id, bytes }, [bytes.buffer as ArrayBuffer]);
}

/** Trials held here; an older one must be run again before something rests on it. */
const TRIALS_MAX = 50;

function keepLatest<Summary extends { readonly hash: string }>(
  held: Map<string, Summary>,
  summary: Summary,
): void {
  const [oldest] = held.keys();
  if (held.size >= TRIALS_MAX && oldest !== undefined) held.delete(oldest);
  held.set(summary.hash, summary);
}

function publish(facts: ReturnType<typeof partition.run>['facts']): void {
  const [first] = facts;
  const last = facts.at(-1);
  if (!first || !last) return;
  liveBook.take(facts);
  tell({
    type: 'facts',
    fromSeq: first.envelope.seq,
    toSeq: last.envelope.seq,
    facts: facts.filter(({ kind }) => !DESK_LEAVES_OUT.includes(kind)),
  });
}

function sendRows(): void {
  const now = performance.now();
  if (now - lastRows < ROWS_EVERY_MS) return;
  lastRows = now;
  const { rows, values } = rowFeed.take(ROWS_PER_TAKE_MAX);
  if (rows === 0) return;
  const copy = values.slice();
  tell({ type: 'rows', rows, values: copy, marketAt: ingest.marketAt ?? 0 }, [copy.buffer]);
}

/** Everything open, added up: see exposure/cells. Its columns are handed over, not copied. */
function sendExposure(): void {
  const look = liveBook.look();
  if (look === null) return;
  const { cells, holders, accounts, owed } = look.cells;
  const columns = [cells, holders, accounts, owed].map(({ buffer }) => buffer as ArrayBuffer);
  tell({ type: 'exposure', look, marketAt: ingest.marketAt }, columns);
}

function sendPulse(): void {
  const now = performance.now();
  if (now - lastPulse < PULSE_EVERY_MS) return;
  const marksPerSecond = Math.round((marksSincePulse / Math.max(1, now - lastPulse)) * 1000);
  lastPulse = now;
  marksSincePulse = 0;
  tell({
    type: 'pulse',
    commitMs,
    ended: source.ended,
    pulse: {
      marketAt: ingest.marketAt,
      lastSeq: ingest.lastSeq,
      marksPerSecond,
      platform: platformWords(),
      feeds: feedsOf(ingest),
      quarantined: store.quarantinedCount(),
    },
  });
}

function platformWords(): string {
  if (source.live) return `${platform}: ${source.live.standing()}`;
  return recorded ? `${recorded.source} recording` : 'market model';
}

function stateOf(accountId: string): StateReply | null {
  const { book } = ingest;
  const number = book.numberOf(accountId);
  if (number === undefined) return null;
  const state = book.state(number, ingest.marketAt ?? 0);
  const { gauges } = book.standing(number);
  const ruleSet = present(ruleSets.get(state.terms.ruleSet.hash), 'rule set');
  return {
    number,
    asOfSeq: ingest.lastSeq,
    marketAt: ingest.marketAt,
    state,
    rules: ruleSet.rules.map(({ ruleId, kind, params }, at) => ({
      ruleId,
      kind: kind.kind,
      title: kind.title,
      description: kind.describe(params, state.terms),
      latch: latchName(state.latches[at] ?? 0, kind.role),
      gauge: present(gauges[at], 'gauge'),
    })),
  };
}

function stop(): void {
  partition.close();
  store.close();
  tell({ type: 'stopped' });
  port.close();
}
