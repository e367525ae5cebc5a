import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpointBody, keyIdOf, signedNote } from '#core/audit/checkpoint.ts';
import { leafHash } from '#core/audit/tree.ts';
import { entryOf } from '#core/facts/entry.ts';
import type { Fact } from '#core/facts/registry.ts';
import type { Intent } from '#core/sync/protocol.ts';
import { DEFAULT_POLICIES } from '#core/approvals/policy.ts';
import { present } from '#core/kernel/assert.ts';
import { encodeMarks } from '#core/market/journal.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { EVERYWHERE } from '#core/people/roles.ts';
import { PAYOUT_DUE, ruinousTrade } from '#server/partition/testing/scripted-firm.ts';
import { openGovernedFirm, type GovernedFirm } from '#server/commands/testing/governed-firm.ts';
import { writeBundle } from '../bundle-writer.ts';
import { exportOf } from '../export.ts';
import { createGrowingTree, sha256 } from '../growing-tree.ts';
import type { LogKey } from '../log-key.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** What became of the payouts of a firm that was made to have one of each. */
export interface Payouts {
  readonly paid: string;
  readonly rejected: string;
  readonly deducted: string;
  readonly breached: string;
  readonly held: string;
  readonly refused: string;
  readonly open: string;
  /** No payout: an adjustment that its maker tried to approve. */
  readonly adjustment: string;
}

/** A firm's log as a test has it: what a person with the database and the log's key could change. */
export interface AuditedLog {
  readonly firm: GovernedFirm;
  readonly payouts: Payouts;
  readonly facts: readonly Fact[];
  readonly contents: ReadonlyMap<string, string>;
  readonly marks: readonly Uint8Array[];
  readonly key: LogKey;
  sign(body: string): Uint8Array;
  /** A checkpoint over the first so many entries, as the log was. */
  noteAt(size: number): string;
}

/** A firm through everything that is judged: roles, keys and limits changed, payouts of every end. */
export function auditedLog(): AuditedLog {
  const firm = openGovernedFirm({
    accounts: 8,
    policies: [
      { action: 'changeRole', approvals: 1, coolOffMs: HOUR_MS },
      { action: 'changePolicy', approvals: 2, coolOffMs: HOUR_MS },
    ],
  });
  for (const traderId of ['T4', 'T5', 'T6', 'T7', 'T8']) {
    firm.system({ type: 'recordCheck', traderId, check: 'identity', result: 'passed' });
  }
  prices(firm);
  const payouts = play(firm);
  return logOf(firm, payouts);
}

function prices(firm: GovernedFirm): void {
  for (let number = 0; number < 40; number += 1) {
    const at = PAYOUT_DUE + number * 1_000;
    const bid = 110_000 + (number % 7);
    firm.platform.tell({ type: 'mark', symbol: 'EURUSD', bid, ask: bid + 2, at, source: 'test' });
  }
  firm.run();
}

function play(firm: GovernedFirm): Payouts {
  const sign = (id: string, word: 'approve' | 'hold' | 'release', ...people: string[]): void => {
    for (const person of people) firm.as(person, firm.desk(person).decide(id, word));
  };
  const later = (ms: number): void => {
    firm.clock += ms;
    firm.system({ type: 'runPayments' });
    firm.run();
  };
  const paid = firm.request('A1');
  sign(paid, 'approve', 'cleo', 'dario');
  later(MINUTE_MS);
  settle(firm, paid);

  const rejected = firm.request('A2');
  for (const person of ['cleo', 'dario']) {
    const grounds = { type: 'discretion', reviewOn: '2026-03-01' } as const;
    firm.as(person, firm.desk(person).decide(rejected, 'reject', { grounds }));
  }

  const deducted = firm.request('A3');
  sign(deducted, 'approve', 'cleo');
  const deduction = { dealIds: ['A3-out'], amount: 1_000_0000, ruleId: null, reason: 'news trade' };
  firm.as('finn', {
    type: 'revisePayout',
    payoutId: deducted,
    deductions: [deduction],
    reason: 'news',
  });
  sign(deducted, 'approve', 'dario', 'ezra');
  later(MINUTE_MS);

  const breached = firm.request('A4');
  sign(breached, 'approve', 'cleo', 'dario');
  firm.platform.tell(...ruinousTrade('A4', PAYOUT_DUE + HOUR_MS));
  firm.run();
  later(MINUTE_MS);

  const held = firm.request('A5');
  sign(held, 'hold', 'edda');
  sign(held, 'approve', 'cleo', 'dario');
  later(MINUTE_MS);
  sign(held, 'release', 'edda');
  later(MINUTE_MS);

  power(firm, later);
  override(firm);

  const refused = firm.request('A6');
  const facts = [1, 2];
  firm.as(
    'cleo',
    firm.desk('cleo').decide(refused, 'reject', {
      grounds: { type: 'clause', ruleId: 'max-loss', facts, trades: [], quantity: '2 trades' },
    }),
  );
  const open = firm.request('A7');
  sign(open, 'approve', 'cleo');
  // Twice by one person, and by one who may not: kept, and not counted.
  sign(open, 'approve', 'cleo');
  sign(open, 'approve', 'hana');
  const adjustment = propose(firm, 'gia', 'adjustBalance', adjustmentOf(firm));
  sign(adjustment, 'approve', 'gia');
  return { paid, rejected, deducted, breached, held, refused, open, adjustment };
}

type Proposed = Extract<Intent, { type: 'propose' }>['action'];

function propose(firm: GovernedFirm, personId: string, action: Proposed, params: object): string {
  const reason = 'by the test';
  firm.as(personId, { type: 'propose', action, params: params as never, reason });
  return newest(firm);
}

function newest(firm: GovernedFirm): string {
  return present([...firm.partition.governance.proposals()].at(-1), 'one').proposalId;
}

/** The rail says "sent" and "paid", the bank books it, a letter goes out. */
function settle(firm: GovernedFirm, payoutId: string): void {
  const { payment } = present(firm.partition.governance.payout(payoutId), payoutId);
  const { instructionId, amount, currency, payee } = present(payment, 'a payment');
  for (const state of ['sent', 'paid'] as const) {
    firm.system({
      type: 'reportPayment',
      report: {
        payoutId,
        instructionId,
        state,
        reportId: `r-${state}`,
        providerReference: 'x',
        message: '',
      },
    });
  }
  firm.system({
    type: 'bookEntries',
    entries: [
      {
        entryId: 'e-1',
        file: digestOfText('a file'),
        direction: 'out',
        amount,
        currency,
        endToEndId: instructionId,
        payeeLast4: payee.last4,
        fee: false,
        bookedOn: '2026-01-21',
      },
    ],
  });
  const text = 'Dear Tess, you are paid.';
  firm.system({ type: 'issueLetter', payoutId, letter: digestOfText(text), text });
}

/** Limits, a role and a key change, each by its own approval. */
function power(firm: GovernedFirm, later: (ms: number) => void): void {
  const approve = (proposalId: string, ...people: string[]): void => {
    for (const person of people) firm.as(person, firm.desk(person).decide(proposalId, 'approve'));
  };
  const grantKey = present(
    DEFAULT_POLICIES.find(({ action }) => action === 'grantKey'),
    'one',
  );
  const policy = { ...grantKey, approvals: 1, coolOffMs: 0 };
  firm.desk('bram');
  firm.desk('jona');
  approve(propose(firm, 'ada', 'changePolicy', { policy }), 'bram', 'jona');
  later(HOUR_MS);
  const role = { personId: 'finn', role: 'payoutApprover', change: 'grant', scope: EVERYWHERE };
  approve(propose(firm, 'ada', 'changeRole', role), 'bram');
  later(HOUR_MS);
  // A key that has to be approved now: it counts once another admin has said so.
  firm.desk('finn');
  approve(newest(firm), 'bram');
  approve(propose(firm, 'gia', 'adjustBalance', adjustmentOf(firm)), 'edda');
  firm.run();
  approve(
    propose(firm, 'ada', 'changeRole', { ...role, personId: 'ezra', change: 'revoke' }),
    'bram',
  );
  later(HOUR_MS);
}

function adjustmentOf(firm: GovernedFirm) {
  firm.desk('edda');
  firm.desk('gia');
  const { programId } = firm.partition.ingest.book.terms(7).program;
  return { accountId: 'A8', traderId: 'T8', programId, amount: 100_0000 };
}

/** The account that failed goes on. */
function override(firm: GovernedFirm): void {
  const facts = [...firm.store.stream(0, 'account:A4')];
  const breach = present(
    facts.find(({ kind }) => kind === 'breachDetected'),
    'a breach',
  );
  const { programId } = firm.partition.ingest.book.terms(3).program;
  const { ruleId } = breach.data as { ruleId: string };
  const verdictSeq = breach.envelope.seq;
  const params = { accountId: 'A4', programId, ruleId, verdictSeq };
  const proposalId = propose(firm, 'gia', 'overrideVerdict', params);
  for (const person of ['hana', 'jona']) {
    // A key of a new device waits for an admin since the limits changed.
    const desk = firm.desk(person);
    const open = [...firm.partition.governance.open()];
    for (const { action, proposalId: grant } of open) {
      if (action === 'grantKey') firm.as('bram', firm.desk('bram').decide(grant, 'approve'));
    }
    firm.as(person, desk.decide(proposalId, 'approve'));
  }
  if (firm.partition.governance.proposal(proposalId)?.closed?.outcome !== 'executed')
    throw new Error('the override was to be carried out');
}

export function logOf(firm: GovernedFirm, payouts: Payouts): AuditedLog {
  const { store } = firm;
  const { privateKey, publicKey: half } = generateKeyPairSync('ed25519');
  const publicKey = new Uint8Array(
    Buffer.from(half.export({ format: 'jwk' }).x ?? '', 'base64url'),
  );
  const key = { name: `propdesk/${store.logId}`, publicKey };
  const signBody = (body: string): Uint8Array =>
    new Uint8Array(sign(null, Buffer.from(body), privateKey));
  const tree = store.tree(0);
  const noteAt = (size: number): string => noteOver({ key, sign: signBody }, size, tree.root(size));
  const source = exportOf(store, {
    key,
    note: noteAt(tree.size),
    sign: signBody,
    verifier: null,
    problem: (sentence) => {
      throw new Error(sentence);
    },
  });
  for (const _entry of source.entries());
  const contents = new Map([...source.contents()].map(({ digest, text }) => [digest, text]));
  const marks = [...store.marks(0, 0)].map(encodeMarks);
  const facts = [...store.facts(0, 1, tree.size)];
  return { firm, payouts, facts, contents, marks, key, sign: signBody, noteAt };
}

function noteOver(
  { key, sign: signs }: Pick<AuditedLog, 'key' | 'sign'>,
  size: number,
  root: Uint8Array,
): string {
  const body = checkpointBody({ origin: key.name, size, root });
  const keyId = keyIdOf(key.name, key.publicKey);
  return signedNote(body, [{ name: key.name, keyId, signature: signs(body) }]);
}

/** What is put in a bundle's place: facts are numbered and signed anew, as if they had always been. */
export interface Forgery {
  readonly facts?: readonly Fact[];
  readonly contents?: ReadonlyMap<string, string>;
  readonly verifier?: Uint8Array;
}

/** Writes a bundle of a log, changed or not, signed with the log's own key; its folder. */
export function bundleOf(log: AuditedLog, forged: Forgery = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'propdesk-bundle-'));
  const facts = forged.facts ?? log.facts;
  const entries = facts.map(entryOf);
  const tree = createGrowingTree();
  for (const entry of entries) tree.add(leafHash(entry, sha256));
  writeBundle(folder, {
    key: log.key,
    note: noteOver(log, tree.size, tree.root(tree.size)),
    sign: log.sign,
    entries: () => entries,
    leaf: (_index, entry) => leafHash(entry, sha256),
    contents: () =>
      [...(forged.contents ?? log.contents)].map(([digest, text]) => ({ digest, text })),
    marks: () => log.marks,
    verifier: forged.verifier ?? null,
  });
  return folder;
}

/** Facts with places of their own again: numbers, versions of streams, and what names a number. */
export function renumbered(facts: readonly Fact[]): Fact[] {
  const seqs = new Map(facts.map(({ envelope }, at) => [envelope.seq, at + 1]));
  const versions = new Map<string, number>();
  return facts.map((fact, at) => {
    const { envelope } = fact;
    const streamVersion = (versions.get(envelope.stream) ?? 0) + 1;
    versions.set(envelope.stream, streamVersion);
    const { causation } = envelope;
    const moved =
      causation.type === 'fact' ? { ...causation, seq: seqs.get(causation.seq) ?? 1 } : causation;
    return {
      ...fact,
      envelope: { ...envelope, seq: at + 1, streamVersion, causation: moved },
    } as Fact;
  });
}
