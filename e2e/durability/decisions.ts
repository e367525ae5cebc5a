import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DECISION_PAYLOAD, type Decision } from '#core/approvals/decision.ts';
import { present } from '#core/kernel/assert.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { pae, sealEnvelope } from '#core/signing/dsse.ts';
import { fingerprintOf } from '#core/signing/public-key.ts';
import type { Command } from '#core/sync/protocol.ts';
import { signingKeyOf } from '#desk/signing/ed25519.ts';
import { restoreFromTwin } from '#desk/signing/restore.ts';
import { openTwin, type Twin } from '#desk/signing/twin.ts';
import { openDeskStore, type DeskStore } from '#desk/store/store.ts';
import { closing } from './connections.ts';
import type { Inspected, Opened, Operation } from './operation.ts';

const LOG_ID = 'a-log';
const SIGNED_AT = Date.UTC(2014, 4, 2, 9);
const PERSON = 'manager';
const DATABASE = 'desk.sqlite';

/** What precedes a raw Ed25519 seed in PKCS #8: RFC 8410, section 7. */
const PKCS8_BEFORE_SEED = Buffer.from('302e020100300506032b657004220420', 'hex');
/** The same at every run, so that a recorded run can be made again byte for byte. */
const KEY = signingKeyOf(Buffer.concat([PKCS8_BEFORE_SEED, Buffer.alloc(32, 7)]));
const KEY_ID = fingerprintOf(KEY.publicKey);

/** A decision is signed: it stays in the database, in the outbox and in the second copy. */
export const decision: Operation = {
  acts: 6,
  afterFailure: 'goOn',
  pagesPerCheckpoint: 4,
  id: (index) => digestOfText(`decision ${index}`).slice(0, 32),
  open: (folder) => openDesk(folder, 'kept'),
  inspect: (folder) => openDesk(folder, 'kept'),
};

/** The same, and then the database is lost: what was signed waits in the outbox all the same. */
export const lostDatabase: Operation = { ...decision, inspect: inspectAfterLosses };

/** `kept`: what only the second copy brought back was lost by the database, and does not count. */
type Counted = 'kept' | 'restored';

interface Desk {
  readonly store: DeskStore;
  readonly twin: Twin;
}

function openDesk(folder: string, counted: Counted): Opened {
  const store = openDeskStore(join(folder, DATABASE));
  const desk = { store, twin: openTwin(join(folder, 'signed.log')) };
  const before = new Set(signedIn(desk));
  restoreFromTwin(store, desk.twin, () => false);
  const restored = new Set(signedIn(desk).filter((id) => !before.has(id)));
  return {
    act: (index) => sign(desk, index),
    present: () => everywhere(desk).filter((id) => counted === 'restored' || !restored.has(id)),
    problems: () => problemsOf(desk),
    close: () => store.close(),
  };
}

/** In the order in which a desk does it: the database, then the second copy, then the answer. */
function sign({ store, twin }: Desk, index: number): void {
  const made = decisionOf(store, index);
  const text = canonicalText(made);
  const command = commandOf(made, text);
  const signed = {
    decisionId: made.id,
    personId: PERSON,
    keyId: KEY_ID,
    chainSeq: made.chain.seq,
    digest: digestOfText(text),
    decision: text,
    signedAt: command.issuedAt,
  };
  if (!store.keepSigned(signed, command, LOG_ID)) throw new Error('the outbox is full');
  twin.keep(canonicalText({ logId: LOG_ID, command }));
}

function decisionOf(store: DeskStore, index: number): Decision {
  const last = store.chainOf(KEY_ID);
  const subject = `payout-${index}`;
  return {
    v: 1,
    type: 'approve',
    aud: { org: 'test-firm', env: 'test', log: `propdesk/${LOG_ID}` },
    id: decision.id(index),
    subject: { id: subject, action: 'payPayout', ver: 1 },
    snapshot: digestOfText(`the bytes of ${subject}`),
    display: digestOfText(`the text of ${subject}`),
    money: { ccy: 'USD', exp: 2, minor: String(100_000 + index) },
    payee: { digest: digestOfText('a payee'), last4: '1234' },
    reason: 'as agreed',
    grounds: null,
    actor: { person: PERSON, device: 'a-desk', key: KEY_ID },
    chain: { prev: last?.digest ?? null, seq: (last?.seq ?? 0) + 1 },
    base: { root: digestOfText('a root'), size: 1 },
    clock: SIGNED_AT + index,
    auth: 'passphrase',
  };
}

function commandOf({ id, clock }: Decision, text: string): Command {
  const payload = new TextEncoder().encode(text);
  const signature = KEY.sign(pae(DECISION_PAYLOAD, payload));
  const envelope = sealEnvelope(DECISION_PAYLOAD, payload, KEY_ID, signature);
  return {
    commandId: id,
    operatorId: PERSON,
    issuedAt: clock,
    intent: { type: 'decide', envelope },
  };
}

function signedIn({ store }: Desk): string[] {
  return store.signed(LOG_ID).map(({ decisionId }) => decisionId);
}

function queuedIn({ store }: Desk): string[] {
  return store.queued(LOG_ID).map(({ commandId }) => commandId);
}

function commandIn(line: string): Command {
  return (JSON.parse(line) as { command: Command }).command;
}

/** As often as the database has it, where the outbox and the second copy have it too. */
function everywhere(desk: Desk): string[] {
  const waiting = new Set(queuedIn(desk));
  const copied = new Set(desk.twin.lines().map((line) => commandIn(line).commandId));
  return signedIn(desk).filter((id) => waiting.has(id) && copied.has(id));
}

function problemsOf(desk: Desk): string[] {
  const { store, twin } = desk;
  const lines = twin.lines();
  const places = {
    database: signedIn(desk),
    outbox: queuedIn(desk),
    'second copy': lines.map((line) => commandIn(line).commandId),
  };
  const again = restoreFromTwin(store, twin, () => false);
  return [
    ...Object.entries(places).flatMap(([place, ids]) => repeatedIn(place, ids)),
    ...differing('the outbox', places.outbox, 'the database', places.database),
    ...differing('the database', places.database, 'the outbox', places.outbox),
    ...differing('the second copy', places['second copy'], 'the database', places.database),
    ...otherTexts(desk, lines),
    ...(again > 0 ? [`${again} decisions were put back a second time`] : []),
  ];
}

function repeatedIn(place: string, ids: readonly string[]): string[] {
  const repeated = ids.filter((id, at) => ids.indexOf(id) !== at);
  return repeated.map((id) => `${id} is more than once in the ${place}`);
}

function differing(
  place: string,
  ids: readonly string[],
  other: string,
  others: readonly string[],
): string[] {
  return ids
    .filter((id) => !others.includes(id))
    .map((id) => `${id} is in ${place}, not in ${other}`);
}

/** What is sent must be what was signed, whichever copy it comes from. */
function otherTexts({ store }: Desk, lines: readonly string[]): string[] {
  const queued = store.queued(LOG_ID).map((command) => canonicalText({ logId: LOG_ID, command }));
  const texts = new Set(queued);
  return lines
    .filter((line) => !texts.has(line))
    .map((line) => `${commandIn(line).commandId} would not be sent as it is in the second copy`);
}

interface DatabaseLoss {
  readonly lose: (file: string) => void;
  /** A desk may say that it cannot read what is left, and starts once that was set aside. */
  readonly mayRefuse: boolean;
}

/** What can become of a database while the file beside it survives. */
const LOSSES: Readonly<Record<string, DatabaseLoss>> = {
  removed: {
    lose: (file) => {
      for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
    },
    mayRefuse: false,
  },
  'removed without its log': { lose: setAside, mayRefuse: false },
  emptied: { lose: (file) => truncateSync(file), mayRefuse: false },
  'cut in half': {
    lose: (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
    mayRefuse: true,
  },
  overwritten: {
    lose: (file) => writeFileSync(file, Buffer.alloc(statSync(file).size, 0xa5)),
    mayRefuse: true,
  },
};

/** What a person is told to do with a database that cannot be read: see the runbook on keys. */
function setAside(file: string): void {
  rmSync(file, { force: true });
}

/** Only what comes back after every loss is there. */
function inspectAfterLosses(folder: string): Inspected {
  const looks = Object.entries(LOSSES).map(([name, loss]) => {
    const { back, problems } = afterLoss(folder, loss);
    return { back, problems: problems.map((problem) => `database ${name}: ${problem}`) };
  });
  const [first] = looks;
  return {
    present: () =>
      present(first, 'a loss').back.filter((id) => looks.every(({ back }) => back.includes(id))),
    problems: () => looks.flatMap(({ problems }) => problems),
    close: () => {},
  };
}

interface AfterLoss {
  readonly back: readonly string[];
  readonly problems: readonly string[];
}

/** Whether it refuses or not: a desk that goes on has everything. */
function afterLoss(folder: string, { lose, mayRefuse }: DatabaseLoss): AfterLoss {
  const copy = copyOf(folder);
  const file = join(copy, DATABASE);
  // A power cut before the first start ended: there is nothing to lose yet.
  if (readdirSync(copy).includes(DATABASE)) lose(file);
  try {
    return closing(() => lookAtRestored(copy));
  } catch (error) {
    if (!mayRefuse) throw error;
    setAside(file);
    return closing(() => lookAtRestored(copy));
  }
}

function copyOf(folder: string): string {
  const copy = `${folder}-lost`;
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy);
  for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(copy, name));
  return copy;
}

/** And the desk goes on signing. */
function lookAtRestored(folder: string): AfterLoss {
  const desk = openDesk(folder, 'restored');
  const back = desk.present();
  const problems = desk.problems();
  const next = lostDatabase.acts;
  desk.act(next);
  const goesOn = desk.present().includes(lostDatabase.id(next));
  return { back, problems: goesOn ? problems : [...problems, 'what is signed next is lost'] };
}
