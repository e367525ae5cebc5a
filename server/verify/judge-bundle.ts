import { leafHash, isSame } from '#core/audit/tree.ts';
import { parseFact, type Fact } from '#core/facts/registry.ts';
import {
  auditGovernance,
  type Finding,
  type FindingRule,
  type GovernanceAudit,
} from '#core/governance/verify-governance.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { decodeMarks } from '#core/market/journal.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import type { VerifyBytes } from '#core/signing/public-key.ts';
import { contentIn, readEntries, textOf, type Bundle } from './bundle.ts';
import { MARKS_BYTES_MAX, marksPath, tilesOf, TILE_WIDTH } from './bundle-format.ts';
import { sha256, type GrowingTree } from './growing-tree.ts';
import { isChunk } from './mark-chunks.ts';
import { createReplay, type Replay } from './verify.ts';

/** Everything that can be wrong with a log whose entries are those that were signed. */
export interface BundleFinding extends Omit<Finding, 'rule'> {
  readonly rule: FindingRule | 'verdict' | 'order';
}

export interface Judgement {
  readonly findings: readonly BundleFinding[];
  readonly audit: GovernanceAudit;
  readonly marks: number;
  readonly derived: number;
}

/** What cannot be judged because it cannot be read. */
class Unreadable extends Error {}

/**
 * Reads the entries again, now as facts: who was allowed what, and what the rules make of every
 * account. An error says which entry or price cannot be read.
 */
export function judgeBundle(
  bundle: Bundle,
  tree: GrowingTree,
  verify: VerifyBytes,
  options: { readonly everyNth: number; readonly progress: (entries: number) => void },
): Result<Judgement, string> {
  const replay = createReplay(options.everyNth);
  const audit = auditGovernance({
    origin: bundle.key.name,
    content: (digest) => contentIn(bundle, digest),
    verify,
    rootAt: (size) => (size <= tree.size ? Buffer.from(tree.root(size)).toString('hex') : null),
    account: replay.account,
  });
  const order = createOrder();
  try {
    const marks = marksOf(bundle);
    let mark = marks.next();
    for (const fact of factsOf(bundle, tree)) {
      while (!mark.done && mark.value.index < fact.envelope.marksBefore) {
        replay.mark(mark.value);
        mark = marks.next();
      }
      order.take(fact, replay.marks());
      replay.fact(fact);
      audit.take(fact);
      if (fact.envelope.seq % TILE_WIDTH === 0) options.progress(fact.envelope.seq);
    }
    for (; !mark.done; mark = marks.next()) replay.mark(mark.value);
  } catch (error) {
    if (error instanceof Unreadable) return err(error.message);
    throw error;
  }
  replay.end();
  audit.end();
  const findings = [...order.findings, ...audit.findings, ...verdictFindings(replay, audit)];
  const sorted = findings.sort((one, other) => one.seq - other.seq);
  return ok({ findings: sorted, audit, marks: replay.marks(), derived: replay.derived() });
}

function* factsOf(bundle: Bundle, tree: GrowingTree): Generator<Fact> {
  let index = 0;
  for (const { number, width } of tilesOf(tree.size)) {
    const { entries } = readEntries(bundle, number, width);
    for (const entry of entries) {
      // The folder may have changed since it was hashed.
      if (!isSame(leafHash(entry, sha256), tree.at(0, index))) {
        throw new Unreadable(`entry ${index} changed while it was verified`);
      }
      yield factIn(entry, index);
      index += 1;
    }
  }
  if (index !== tree.size) throw new Unreadable(`entry ${index} went away while it was verified`);
}

function factIn(entry: Uint8Array, index: number): Fact {
  const text = textOf(entry);
  const unreadable = (why: string): Unreadable =>
    new Unreadable(`entry ${index} (seq ${index + 1}) cannot be read: ${why}`);
  try {
    const value: unknown = JSON.parse(text);
    if (canonicalText(value) !== text) throw unreadable('it is not written canonically');
    const fact = parseFact(value);
    if (!fact.ok) throw unreadable(fact.error);
    return fact.value;
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw unreadable(error instanceof Error ? error.message : String(error));
  }
}

/** Prices, a chunk at a time, without a gap. */
function* marksOf({ files, manifest }: Bundle): Generator<JournalledMark, undefined> {
  let next = 0;
  for (let number = 0; manifest.has(marksPath(number)); number += 1) {
    const path = marksPath(number);
    const read = files.read(path, MARKS_BYTES_MAX);
    if (!read.ok) throw new Unreadable(read.error);
    const chunk = read.value !== null && isChunk(read.value) ? decodeMarks(read.value) : null;
    if (!chunk?.ok) throw new Unreadable(`${path} holds no prices`);
    for (const mark of chunk.value) {
      if (mark.index !== next) throw new Unreadable(`price ${next} is missing in ${path}`);
      next += 1;
      yield mark;
    }
  }
  return undefined;
}

/** Entries count up without a gap, in the log and in each stream; so do the prices before them. */
function createOrder() {
  const findings: BundleFinding[] = [];
  const streams = new Map<string, number>();
  let seq = 0;
  let before = 0;
  return {
    findings,
    take: ({ envelope }: Fact, marks: number): void => {
      seq += 1;
      const say = (sentence: string): void =>
        void findings.push({ seq, rule: 'order', sentence, payoutId: null });
      const version = (streams.get(envelope.stream) ?? 0) + 1;
      streams.set(envelope.stream, version);
      if (envelope.seq !== seq) say(`entry ${seq} calls itself ${envelope.seq}`);
      if (envelope.streamVersion !== version) {
        say(`${envelope.stream} goes on with ${envelope.streamVersion}, ${version} was due`);
      }
      if (envelope.marksBefore < before) say('it was decided before prices that an older one knew');
      if (envelope.marksBefore > marks)
        say(`it was decided after ${envelope.marksBefore} prices, of which ${marks} are there`);
      before = Math.max(before, envelope.marksBefore);
    },
  };
}

/** A verdict that does not follow, with the payouts of its account that were paid after it. */
function verdictFindings({ differences }: Replay, audit: GovernanceAudit): BundleFinding[] {
  return differences.map((sentence) => {
    const seq = Number(/seq (\d+)/.exec(sentence)?.[1] ?? 0);
    const accountId = /account[ :](\S+?)[):]* /.exec(`${sentence} `)?.[1] ?? '';
    const payoutId = audit.paidAfter(accountId, seq);
    return { seq, rule: 'verdict', sentence, payoutId } as const;
  });
}
