import { readCheckpoint } from '#core/audit/checkpoint.ts';
import { isSame, leafHash, type Hash, type Sha256 } from '#core/audit/tree.ts';
import { entryOf } from '#core/facts/entry.ts';
import type { Fact } from '#core/facts/registry.ts';
import { base64Of } from '#core/kernel/base64.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import { readSnapshot } from '#core/payouts/snapshot.ts';
import { ENGINE_VERSION } from '#core/rules/verdict-facts.ts';
import { firmFactsFor, marksFor } from './needs.ts';
import { FACTS_PER_PACK_MAX, MARKS_PER_PACK_MAX, type PackBody } from './pack.ts';
import { payoutOf, peopleFactsOf } from './people.ts';
import { isDerived } from './replay.ts';
import { slicesOf } from './slices.ts';
import { isVerdict, ruleSetAt, subjectSentence } from './subject.ts';

/** Where a pack is made from: one partition's log, its journal and its tree. */
export interface EvidenceSource {
  readonly origin: string;
  readonly publicKey: Uint8Array;
  /** Signed, over at least everything that the pack will hold. */
  readonly checkpoint: string;
  readonly madeAt: number;
  /** A stream, in order. */
  stream(name: string): readonly Fact[];
  fact(seq: number): Fact | null;
  content(digest: string): string | null;
  /** Marks from a place in the journal on, in chunks. */
  marks(fromIndex: number): Iterable<readonly JournalledMark[]>;
  leaf(seq: number): Hash;
  /** One proof for many entries, counted from 0, in the tree of the checkpoint. */
  proof(indexes: readonly number[], size: number): readonly Hash[];
  readonly hash?: Sha256;
}

interface Scope {
  readonly type: PackBody['subject']['type'];
  readonly subject: Fact;
  readonly own: readonly Fact[];
  readonly firm: readonly Fact[];
  readonly through: number;
  readonly payoutId: string | null;
}

/** Marks before the opening that are looked through first: mostly, each symbol is among them. */
const MARKS_BACK = 50_000;

/**
 * The body of a pack for one verdict, or one payout, of an account. An error is a sentence for who
 * asked. `whole` looks for prices from the journal's beginning on, where a quote is older.
 */
export function collectPack(
  wanted: { readonly accountId: string; readonly seq: number },
  source: EvidenceSource,
  whole = false,
): Result<PackBody, string> {
  const scope = scopeOf(wanted, source);
  if (!scope.ok) return scope;
  const { subject, own, firm, through, payoutId, type } = scope.value;
  const { accountId, seq } = wanted;
  const ruleSet = ruleSetAt(own, Math.min(seq, through));
  const [opening] = own;
  if (!ruleSet || !opening) return err(`account ${accountId} has no rules at entry ${seq}`);
  const upTo = own.filter(({ envelope }) => envelope.seq <= through);
  const sealed = upTo.filter(isSealed);
  const judged = [
    ...upTo.filter((fact) => !isSealed(fact)),
    ...firmFactsFor(own, firm, through),
  ].sort(bySeq);
  const from = whole ? 0 : Math.max(0, opening.envelope.marksBefore - MARKS_BACK);
  const marks = marksFor(judged, source.marks(from), MARKS_PER_PACK_MAX);
  if (marks === null) {
    return err(
      `more than ${MARKS_PER_PACK_MAX} prices moved account ${accountId}: export the log instead`,
    );
  }
  const said = [
    ...judged,
    ...peopleFactsOf({ seq, accountId, payoutId }, firm),
    ...afterwardsOf(own, { seq, through }),
  ];
  const facts = [...new Map(said.map((fact) => [fact.envelope.seq, fact])).values()].sort(bySeq);
  if (facts.length > FACTS_PER_PACK_MAX) {
    return err(`more than ${FACTS_PER_PACK_MAX} facts: export the log instead`);
  }
  const proven = proofOf([...facts, ...sealed].sort(bySeq), source);
  if (!proven.ok) return proven;
  return ok({
    schema: 'propdesk-evidence/1',
    log: { origin: source.origin, publicKey: base64Of(source.publicKey) },
    madeAt: source.madeAt,
    subject: { type, accountId, seq, sentence: subjectSentence(subject) },
    ruleSet,
    engineVersion: ENGINE_VERSION,
    through,
    facts: facts.map((fact) => ({
      data: fact.data as PackBody['facts'][number]['data'],
      envelope: fact.envelope,
      leaf: base64Of(leafHash(entryOf(fact), source.hash)),
    })),
    sealed: sealed.map((fact) => ({
      seq: fact.envelope.seq,
      streamVersion: fact.envelope.streamVersion,
      leaf: base64Of(leafHash(entryOf(fact), source.hash)),
    })),
    prices: slicesOf(marks),
    contents: contentsOf(facts, source),
    proof: proven.value.map(base64Of),
    checkpoint: source.checkpoint,
  });
}

/** What surveillance looks at and no rule does: other people's accounts may stand in it. */
const SEALED: ReadonlySet<Fact['kind']> = new Set([
  'identityRecorded',
  'sessionObserved',
  'orderActivityObserved',
]);

function isSealed({ kind }: Fact): boolean {
  return SEALED.has(kind);
}

function bySeq(one: Fact, other: Fact): number {
  return one.envelope.seq - other.envelope.seq;
}

/** What the pack is about, and how far the account is judged again for it. */
function scopeOf(
  { accountId, seq }: { readonly accountId: string; readonly seq: number },
  source: EvidenceSource,
): Result<Scope, string> {
  const own = source.stream(`account:${accountId}`);
  if (own[0]?.kind !== 'accountOpened') return err(`there is no account ${accountId}`);
  const firm = source.stream('firm');
  const subject = source.fact(seq);
  if (!subject) return err(`the log has no entry ${seq}`);
  const place = own.findIndex(({ envelope }) => envelope.seq === seq);
  if (place >= 0 && isVerdict(subject)) {
    const through = momentOf(own, place);
    return ok({ type: 'verdict', subject, own, firm, through, payoutId: null });
  }
  const payoutId = payoutOf(subject, accountId, firm);
  if (payoutId !== null && ['payoutRequested', 'letterIssued'].includes(subject.kind)) {
    const through = assessedAt(payoutId, firm, source);
    return ok({ type: 'payout', subject, own, firm, through, payoutId });
  }
  return err(`entry ${seq} is no verdict on account ${accountId} and no answer to a payout of it`);
}

/** The last fact that was derived at the same moment: what a breach made of the account is one. */
function momentOf(own: readonly Fact[], place: number): number {
  let last = own[place];
  for (const fact of own.slice(place + 1)) {
    const isSameMoment =
      isDerived(fact) && fact.envelope.marksBefore === last?.envelope.marksBefore;
    if (!isSameMoment) break;
    last = fact;
  }
  return last?.envelope.seq ?? 0;
}

/** Where the latest version of a payout was assessed; its request where those bytes are gone. */
function assessedAt(payoutId: string, firm: readonly Fact[], source: EvidenceSource): number {
  let through = 0;
  for (const fact of firm) {
    if (fact.kind === 'payoutRequested' && fact.data.payoutId === payoutId) {
      through = fact.envelope.seq;
    }
    const isVersion = fact.kind === 'proposalOpened' || fact.kind === 'proposalRevised';
    if (!isVersion || fact.data.proposalId !== payoutId) continue;
    const text = source.content(fact.data.snapshot);
    const read = text === null ? null : readSnapshot(text, fact.data.snapshot);
    if (read?.ok) through = read.value.basis.seq;
  }
  return through;
}

/** What stands on the account behind the verdict and is about it. */
function afterwardsOf(
  own: readonly Fact[],
  { seq, through }: { readonly seq: number; readonly through: number },
): readonly Fact[] {
  return own.filter((fact) => {
    if (fact.envelope.seq <= through) return false;
    if (fact.kind === 'alertAcknowledged') return fact.data.alertSeq === seq;
    return fact.kind === 'accountDirected' && fact.data.directive.type === 'reinstate';
  });
}

/** Letters are written for the trader; bytes that were signed may tell of others' payouts. */
function contentsOf(facts: readonly Fact[], source: EvidenceSource): PackBody['contents'] {
  const kept = new Map<string, string>();
  for (const fact of facts) {
    if (fact.kind === 'letterIssued' || fact.kind === 'disputeDecided') {
      const text = fact.data.letter === null ? null : source.content(fact.data.letter);
      if (fact.data.letter !== null && text !== null) kept.set(fact.data.letter, text);
    }
    if (fact.kind !== 'proposalOpened' && fact.kind !== 'proposalRevised') continue;
    const text = source.content(fact.data.snapshot);
    const read = text === null ? null : readSnapshot(text, fact.data.snapshot);
    const tellsOfOthers = read?.ok === true && read.value.precedents.length > 0;
    if (text !== null && read?.ok && !tellsOfOthers) kept.set(fact.data.snapshot, text);
  }
  return [...kept].map(([digest, text]) => ({ digest, text }));
}

/** The proof, once every fact was seen to be what the tree holds. */
function proofOf(facts: readonly Fact[], source: EvidenceSource): Result<readonly Hash[], string> {
  const signed = readCheckpoint(source.checkpoint);
  if (!signed.ok) return signed;
  const { size } = signed.value;
  const late = facts.find(({ envelope }) => envelope.seq > size);
  if (late) return err(`no signed checkpoint covers entry ${late.envelope.seq} yet: ask again`);
  const other = facts.find(
    (fact) => !isSame(leafHash(entryOf(fact), source.hash), source.leaf(fact.envelope.seq)),
  );
  if (other) return err(`entry ${other.envelope.seq} is not what was appended: verify the log`);
  return ok(
    source.proof(
      facts.map(({ envelope }) => envelope.seq - 1),
      size,
    ),
  );
}
