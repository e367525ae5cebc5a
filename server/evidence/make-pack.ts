import { hash } from 'node:crypto';
import { readCheckpoint } from '#core/audit/checkpoint.ts';
import { collectPack, type EvidenceSource } from '#core/evidence/collect.ts';
import { proveMany } from '#core/evidence/multi-proof.ts';
import type { PackBody } from '#core/evidence/pack.ts';
import { verifyPack } from '#core/evidence/verify-pack.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { Store } from '../store/store.ts';

const PARTITION = 0;

export interface PackWish {
  readonly accountId: string;
  /** The verdict, or what was asked for or answered of a payout. */
  readonly seq: number;
}

export interface PackSigner {
  readonly origin: string;
  readonly publicKey: Uint8Array;
  /** A signed checkpoint; what came after it does not get into the pack. */
  readonly checkpoint: string;
  readonly madeAt: number;
}

/**
 * The body of a pack, ready to be signed: what is handed out was judged again here first, so that a
 * trader never gets a pack which the firm's own verifier refuses.
 */
export function makePack(
  store: Store,
  wish: PackWish,
  signer: PackSigner,
): Result<PackBody, string> {
  const source = sourceOf(store, signer);
  if (!source.ok) return source;
  const signed = readCheckpoint(signer.checkpoint);
  if (signed.ok && wish.seq > signed.value.size) {
    return err(`no signed checkpoint covers entry ${wish.seq}: ask again in a moment`);
  }
  const found = bodyIn(wish, source.value, false);
  if (!found.ok || found.value.follows) return found.ok ? ok(found.value.body) : found;
  // A quote may be older than what was looked through: then all of the journal is.
  const whole = bodyIn(wish, source.value, true);
  if (!whole.ok) return whole;
  return whole.value.follows
    ? ok(whole.value.body)
    : err(`no pack can be given out: ${whole.value.sentence} Verify the log.`);
}

interface Tried {
  readonly body: PackBody;
  readonly follows: boolean;
  readonly sentence: string;
}

function bodyIn(wish: PackWish, source: EvidenceSource, whole: boolean): Result<Tried, string> {
  const body = collectPack(wish, source, whole);
  if (!body.ok) return body;
  // Signatures of people and of the log are looked at by who receives it; here, what follows.
  const judged = verifyPack({ body: body.value, note: '' }, { verify: () => true, hash: sha256 });
  const [first] = judged.findings.filter(({ step }) => step !== 'signature');
  const sentence = first ? `${first.place}: ${first.sentence}.` : '';
  return ok({ body: body.value, follows: first === undefined, sentence });
}

const sha256 = (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer');

function sourceOf(store: Store, signer: PackSigner): Result<EvidenceSource, string> {
  const signed = readCheckpoint(signer.checkpoint);
  if (!signed.ok) return signed;
  const { size: covered } = signed.value;
  const tree = store.tree(PARTITION);
  return ok({
    ...signer,
    stream: (name) =>
      store.stream(PARTITION, name).filter(({ envelope }) => envelope.seq <= covered),
    fact: (seq) => (seq <= covered ? store.fact(PARTITION, seq) : null),
    content: (digest) => store.content(digest),
    marks: (from) => store.marks(PARTITION, from),
    leaf: (seq) => tree.leaf(seq),
    proof: (indexes, size) => proveMany(indexes, size, tree.hashAt),
    hash: sha256,
  });
}
