import { utf8ToBytes } from '@noble/hashes/utils.js';
import { readCheckpoint, signatureOf } from '#core/audit/checkpoint.ts';
import { isSame, leafHash, type Sha256 } from '#core/audit/tree.ts';
import { parseFact, type Fact } from '#core/facts/registry.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import { recompute } from '#core/payouts/recompute.ts';
import { readSnapshot } from '#core/payouts/snapshot.ts';
import { ruleSetHash } from '#core/rules/rule-set.ts';
import { ENGINE_VERSION } from '#core/rules/verdict-facts.ts';
import { fingerprintOf, fingerprintText, type VerifyBytes } from '#core/signing/public-key.ts';
import { isPageOf, machinePartIn, OTHER_PAGE } from './file.ts';
import { rootOfMany } from './multi-proof.ts';
import { bodyNote, evidenceOrigin, hashIn, type Pack, type PackBody } from './pack.ts';
import { isOfPeople } from './people.ts';
import { replayAccount, type Replayed } from './replay.ts';
import { signatureFindings } from './signatures.ts';
import { marksOf } from './slices.ts';
import { ruleSetAt, subjectSentence } from './subject.ts';

/** Where something is wrong, and what. */
export interface PackFinding {
  readonly step: StepName;
  /** "fact 812", "prices 3", "rule set": where to look. */
  readonly place: string;
  readonly sentence: string;
}

const STEPS = {
  key: 'The log’s key is the one that you expect',
  signature: 'The pack is as the firm signed it',
  checkpoint: 'The checkpoint of the log is signed',
  log: 'Every fact stands in the log, where it says',
  account: 'The facts are this account’s, and none is left out',
  rules: 'The rules are those of the version they name',
  prices: 'The prices are those that were signed',
  verdict: 'The verdict follows',
  people: 'What people decided, they signed',
} as const;
export type StepName = keyof typeof STEPS;

export interface PackVerdict {
  /** 0: it follows. 1: not what was signed. 2: signed, and it does not follow. 3: cannot be read. */
  readonly exit: 0 | 1 | 2 | 3;
  /** One sentence: what came out. */
  readonly sentence: string;
  readonly steps: readonly {
    readonly title: string;
    readonly state: 'fine' | 'wrong' | 'open';
    readonly detail: string;
  }[];
  readonly findings: readonly PackFinding[];
}

export interface PackPorts {
  readonly verify: VerifyBytes;
  /** A fingerprint that reached the person by another way; null to take the pack's own key. */
  readonly key?: string | null;
  readonly hash?: Sha256;
}

export const NOT_PROVEN: readonly string[] = [
  'that prices and deals are those of the market and of the platform: prices are signed with the ' +
    'pack and stand in no tree; a mark that led to a verdict stands in that verdict',
  'that no price between two of the pack was left out',
  'what stands in entries that are sealed: the firm says that they are what the platform saw of ' +
    'the person beside trades',
  'that there is no second, other log: compare the checkpoint with one that somebody else kept',
  'that a person is who the firm says',
];

/** Checks a whole file: what people read of it, too. */
export function verifyPackFile(text: string, ports: PackPorts): PackVerdict {
  const pack = machinePartIn(text);
  if (!pack.ok) return refusedPack(pack.error);
  const page = isPageOf(text, pack.value)
    ? []
    : [{ step: 'signature', place: 'page', sentence: OTHER_PAGE } as const];
  return verifyPack(pack.value, ports, page);
}

/** What cannot be judged is not what was signed. */
export function refusedPack(reason: string): PackVerdict {
  const sentence = `This is not what the firm signed: ${reason}.`;
  return { exit: 1, sentence, steps: [], findings: [] };
}

/**
 * Checks a pack from its own content alone; goes on after a fault, so that every place is named.
 * `known` is what was found about the file around it.
 */
export function verifyPack(
  pack: Pack,
  ports: PackPorts,
  known: readonly PackFinding[] = [],
): PackVerdict {
  const findings: PackFinding[] = [];
  const find = (step: StepName, place: string, sentence: string): void =>
    void findings.push({ step, place, sentence });
  const { body } = pack;
  keyAndSignatures(pack, ports, find);
  const facts = factsIn(body, find);
  inLog(body, find, ports.hash);
  ofAccount(body, facts, find);
  rulesAsNamed(body, facts, find);
  const marks = pricesIn(body, find);
  const judged = facts.filter(({ envelope }) => envelope.seq <= body.through);
  const replayed = replayAccount(judged, marks);
  for (const { seq, sentence } of replayed.differences) find('verdict', `fact ${seq}`, sentence);
  subjectIn(body, facts, replayed, find);
  for (const { seq, sentence } of signatureFindings(facts, body.log.origin, ports.verify)) {
    find('people', `fact ${seq}`, sentence);
  }
  contentsIn(body, facts, replayed, find);
  return verdictOf(body, { findings: [...findings, ...known], marks: marks.length, ports });
}

type Find = (step: StepName, place: string, sentence: string) => void;

function keyAndSignatures({ body, note }: Pack, ports: PackPorts, find: Find): void {
  const { origin } = body.log;
  const publicKey = hashIn(body.log.publicKey);
  if (ports.key !== undefined && ports.key !== null && !isKey(ports.key, publicKey)) {
    find('key', 'key', `the pack is signed by ${fingerprintText(publicKey)}, another key`);
  }
  const signed = readCheckpoint(note);
  const signature = signed.ok ? signatureOf(signed.value, evidenceOrigin(origin), publicKey) : null;
  const said = bodyNote(body);
  if (!signed.ok) find('signature', 'note', signed.error);
  else if (!signature || !ports.verify(publicKey, utf8ToBytes(signed.value.body), signature)) {
    find('signature', 'note', 'it is not signed by the key of the log');
  } else if (signed.value.body !== said) {
    find('signature', 'note', 'something in the pack was changed after it was signed');
  }
  const checkpoint = readCheckpoint(body.checkpoint);
  if (!checkpoint.ok) return find('checkpoint', 'checkpoint', checkpoint.error);
  const root = signatureOf(checkpoint.value, origin, publicKey);
  if (checkpoint.value.origin !== origin) {
    find('checkpoint', 'checkpoint', `it is of ${checkpoint.value.origin}, another log`);
  } else if (!root || !ports.verify(publicKey, utf8ToBytes(checkpoint.value.body), root)) {
    find('checkpoint', 'checkpoint', 'it is not signed by the key of the log');
  }
}

/** Whether what a person typed names this key: all of its fingerprint, or the part read aloud. */
function isKey(idea: string, publicKey: Uint8Array): boolean {
  const digits = idea.replaceAll(/\s/g, '').toLowerCase();
  const short = fingerprintText(publicKey).replaceAll(' ', '');
  return digits === fingerprintOf(publicKey) || digits === short;
}

/** The facts in order, as far as they can be read. */
function factsIn(body: PackBody, find: Find): Fact[] {
  const facts: Fact[] = [];
  let before = 0;
  for (const { data, envelope } of body.facts) {
    const place = `fact ${envelope.seq}`;
    if (envelope.seq <= before) find('log', place, 'it stands out of order');
    before = Math.max(before, envelope.seq);
    const parsed = parseFact({ data, envelope });
    if (parsed.ok) facts.push(parsed.value);
    else find('log', place, `it cannot be read: ${parsed.error}`);
  }
  return facts.sort((one, other) => one.envelope.seq - other.envelope.seq);
}

/** Hashes every entry again, and holds the root over them and the proof against the checkpoint. */
function inLog(body: PackBody, find: Find, hash?: Sha256): void {
  const leaves = body.facts.map(({ data, envelope, leaf }) => {
    const own = leafHash(utf8ToBytes(canonicalText({ data, envelope })), hash);
    if (!isSame(own, hashIn(leaf))) {
      find('log', `fact ${envelope.seq}`, 'it is not what the log holds there');
    }
    return { index: envelope.seq - 1, leaf: hashIn(leaf) };
  });
  const sealed = body.sealed.map(({ seq, leaf }) => ({ index: seq - 1, leaf: hashIn(leaf) }));
  const all = [...leaves, ...sealed].sort((one, other) => one.index - other.index);
  const checkpoint = readCheckpoint(body.checkpoint);
  if (!checkpoint.ok) return;
  const { size, root } = checkpoint.value;
  const found = rootOfMany(all, size, body.proof.map(hashIn), hash);
  if (!found || !isSame(found, root)) {
    find('log', 'proof', 'the facts and the proof do not lead to the root that was signed');
  }
}

/** Kinds of the firm's facts that say something about every account. */
const COMMON: ReadonlySet<Fact['kind']> = new Set([
  'instrumentDefined',
  'ruleSetPublished',
  'tradingDayRolled',
  'newsScheduled',
]);

function ofAccount(body: PackBody, facts: readonly Fact[], find: Find): void {
  const { accountId } = body.subject;
  const stream = `account:${accountId}`;
  let version = 0;
  const sealed = new Map(body.sealed.map((one) => [one.streamVersion, one.seq]));
  for (const fact of facts) {
    const { seq } = fact.envelope;
    const place = `fact ${seq}`;
    if (fact.envelope.stream === stream) {
      const { accountId: named } = fact.data as { readonly accountId?: unknown };
      if (named !== accountId) find('account', place, `it is about account ${String(named)}`);
      if (seq > body.through) continue;
      version += 1;
      // What is sealed stands between: each where it says, and before this one.
      while ((sealed.get(version) ?? Infinity) < seq) version += 1;
      if (fact.envelope.streamVersion !== version) {
        const missing = `entry ${version} of the account is not in the pack before it`;
        find('account', place, missing);
        version = fact.envelope.streamVersion;
      }
    } else if (fact.envelope.stream !== 'firm') {
      find('account', place, `it belongs to ${fact.envelope.stream}`);
    } else if (!COMMON.has(fact.kind) && !isOfPeople(fact)) {
      find('account', place, `a ${fact.kind} has no place in a pack`);
    }
  }
  if (!facts.some(({ envelope }) => envelope.seq === body.through)) {
    if (body.subject.type === 'verdict') {
      find('account', `fact ${body.through}`, 'the last fact to be judged is not in the pack');
    }
  }
  daysWithoutGap(facts, find);
}

/** A day begins when the one before it ended: a turn that is missing shows. */
function daysWithoutGap(facts: readonly Fact[], find: Find): void {
  const ends = new Map<string, number>();
  for (const fact of facts) {
    if (fact.kind !== 'tradingDayRolled') continue;
    const { clockId, day } = fact.data;
    const ended = ends.get(clockId);
    if (ended !== undefined && ended !== day.opensAt) {
      const sentence = `the day before ${day.key} of the clock ${clockId} is not in the pack`;
      find('account', `fact ${fact.envelope.seq}`, sentence);
    }
    ends.set(clockId, day.closesAt);
  }
}

function rulesAsNamed(body: PackBody, facts: readonly Fact[], find: Find): void {
  for (const fact of facts) {
    if (fact.kind !== 'ruleSetPublished') continue;
    const { ruleSet, content } = fact.data;
    if (ruleSetHash(content, ruleSet.version) !== ruleSet.hash) {
      const sentence = `the content of ${ruleSet.ruleSetId} v${ruleSet.version} does not have its hash`;
      find('rules', `fact ${fact.envelope.seq}`, sentence);
    }
  }
  const own = facts.filter(({ envelope }) => envelope.stream.startsWith('account:'));
  const inForce = ruleSetAt(own, Math.min(body.subject.seq, body.through));
  if (!inForce || canonicalText(inForce) !== canonicalText(body.ruleSet)) {
    const { ruleSetId, version } = body.ruleSet;
    find('rules', 'rule set', `${ruleSetId} v${version} was not in force on this account then`);
  }
}

function pricesIn(body: PackBody, find: Find): JournalledMark[] {
  const marks: JournalledMark[] = [];
  let before = -1;
  for (const [at, slice] of body.prices.entries()) {
    const place = `prices ${at + 1} (marks ${slice.first} to ${slice.last})`;
    const read = marksOf(slice);
    if (!read.ok) {
      find('prices', place, read.error);
      continue;
    }
    for (const mark of read.value) {
      if (mark.index <= before) {
        find('prices', place, `mark ${mark.index} stands out of order`);
        break;
      }
      before = mark.index;
      marks.push(mark);
    }
  }
  return marks;
}

/** The fact that the pack is about was derived, and the pack says of it what it says. */
function subjectIn(
  body: PackBody,
  facts: readonly Fact[],
  { derived }: Replayed,
  find: Find,
): void {
  const { seq, sentence, type } = body.subject;
  const place = `fact ${seq}`;
  const subject = facts.find(({ envelope }) => envelope.seq === seq);
  if (!subject) return find('verdict', place, 'what the pack is about is not in it');
  if (subjectSentence(subject) !== sentence) {
    find('verdict', place, 'the sentence of the pack is not that of the fact');
  }
  if (type === 'verdict' && !derived.has(seq)) {
    find('verdict', place, 'nothing in the pack leads to this verdict');
  }
  if (type === 'payout' && subject.kind !== 'letterIssued' && subject.kind !== 'payoutRequested') {
    find('verdict', place, `a ${subject.kind} is no answer to a payout`);
  }
  if (body.engineVersion !== ENGINE_VERSION) {
    const other = `the pack was made by engine version ${body.engineVersion}, this verifier is ${ENGINE_VERSION}`;
    find('verdict', 'engine', other);
  }
}

/** Bytes are those that their digest names; what a payout was assessed on is what was found here. */
function contentsIn(
  body: PackBody,
  facts: readonly Fact[],
  { account }: Replayed,
  find: Find,
): void {
  const text = canonicalText(facts.map(({ data }) => data));
  for (const { digest, text: content } of body.contents) {
    const place = `content ${digest.slice(0, 12)}`;
    if (digestOfText(content) !== digest) find('people', place, 'its bytes were changed');
    if (!text.includes(`"${digest}"`)) find('people', place, 'no fact of the pack names it');
    const snapshot = readSnapshot(content, digest);
    if (!snapshot.ok) continue;
    const again = recompute(snapshot.value);
    if (!again.ok) find('verdict', place, again.error);
    const { basis, state } = snapshot.value;
    if (basis.seq !== body.through || !account) continue;
    const { status, states, latches, exceptions } = account.judged;
    const own = { status, states, latches, exceptions, balance: account.balance };
    const { status: saidStatus, states: saidStates, balance } = state;
    const said = {
      status: saidStatus,
      states: saidStates,
      latches: state.latches,
      exceptions: state.exceptions,
      balance,
    };
    if (canonicalText(own) !== canonicalText(said)) {
      find('verdict', place, 'the account stood otherwise than the payout was assessed on');
    }
  }
}

/** What is wrong with how it was signed is told before what does not follow. */
const NOT_SIGNED: readonly StepName[] = [
  'key',
  'signature',
  'checkpoint',
  'log',
  'prices',
  'people',
];

function verdictOf(
  body: PackBody,
  {
    findings,
    marks,
    ports,
  }: {
    readonly findings: readonly PackFinding[];
    readonly marks: number;
    readonly ports: PackPorts;
  },
): PackVerdict {
  const details: Partial<Record<StepName, string>> = {
    log: `${body.facts.length} facts`,
    account: body.sealed.length === 0 ? '' : `${body.sealed.length} entries are sealed`,
    rules: `${body.ruleSet.ruleSetId} v${body.ruleSet.version}`,
    prices: `${marks} marks`,
    key: fingerprintText(hashIn(body.log.publicKey)),
  };
  const isOpen = (step: StepName): boolean =>
    step === 'key' && (ports.key === undefined || ports.key === null);
  const steps = (Object.keys(STEPS) as StepName[]).map((step) => ({
    title: STEPS[step],
    state: findings.some((one) => one.step === step)
      ? ('wrong' as const)
      : isOpen(step)
        ? ('open' as const)
        : ('fine' as const),
    detail: details[step] ?? '',
  }));
  const { ruleSetId, version } = body.ruleSet;
  const what = body.subject.type === 'verdict' ? 'verdict' : 'answer';
  const rules = `rule set ${ruleSetId} v${version}`;
  const [first] = findings;
  if (!first) {
    const sentence = `The ${what} follows from these facts under ${rules}.`;
    return { exit: 0, sentence, steps, findings };
  }
  const isForged = findings.some(({ step }) => NOT_SIGNED.includes(step));
  const place = findings.find(({ place: at }) => at !== 'note' && at !== 'proof') ?? first;
  const sentence = isForged
    ? `This is not what the firm signed: ${place.place}: ${place.sentence}.`
    : `The ${what} does not follow from these facts under ${rules}: ${first.place}: ${first.sentence}.`;
  return { exit: isForged ? 1 : 2, sentence, steps, findings };
}
