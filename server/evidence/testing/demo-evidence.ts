import { generateKeyPairSync, sign } from 'node:crypto';
import { checkpointBody, keyIdOf, signedNote } from '#core/audit/checkpoint.ts';
import { leafHash, nodeHash, rootAt } from '#core/audit/tree.ts';
import { proveMany } from '#core/evidence/multi-proof.ts';
import { base64Of, bytesOfBase64 } from '#core/kernel/base64.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { bodyNote, evidenceOrigin, type Pack, type PackBody } from '#core/evidence/pack.ts';
import { verifyPack, type PackVerdict } from '#core/evidence/verify-pack.ts';
import { fingerprintText } from '#core/signing/public-key.ts';
import { verifyStrictly } from '#server/audit/verify-signature.ts';
import { loadPrograms } from '#server/programs.ts';
import { openDemoFirm, type DemoFirm } from '#server/partition/testing/demo-firm.ts';
import type { Store } from '#server/store/store.ts';
import { makePack } from '../make-pack.ts';

/** A log's key as a test holds it: it signs what an honest firm signs, and what another would. */
export interface EvidenceFirm {
  readonly store: Store;
  readonly publicKey: Uint8Array;
  readonly origin: string;
  pack(accountId: string, seq: number): Pack;
  /** Signs a body as the firm itself could, whatever it says. */
  signed(body: PackBody): Pack;
  /** A log of its own around these facts: what a firm could make that owns the key and the tree. */
  resealed(body: PackBody): Pack;
  verify(pack: Pack): PackVerdict;
  /** As a person does who was told the key's fingerprint. */
  verifyWith(pack: Pack, key: string): PackVerdict;
  readonly fingerprint: string;
}

export const MADE_AT: number = Date.UTC(2026, 0, 20, 12);

export function evidenceOf(store: Store): EvidenceFirm {
  const { privateKey, publicKey: key } = generateKeyPairSync('ed25519');
  const { x = '' } = key.export({ format: 'jwk' });
  const publicKey = new Uint8Array(Buffer.from(x, 'base64url'));
  const origin = `propdesk/${store.logId}`;
  const note = (name: string, body: string): string => {
    const signature = new Uint8Array(sign(null, Buffer.from(body), privateKey));
    return signedNote(body, [{ name, keyId: keyIdOf(name, publicKey), signature }]);
  };
  const signed = (body: PackBody): Pack => ({
    body,
    note: note(evidenceOrigin(origin), bodyNote(body)),
  });
  return {
    store,
    publicKey,
    origin,
    signed,
    pack: (accountId, seq) => {
      const tree = store.tree(0);
      const root = tree.root(tree.size);
      const checkpoint = note(origin, checkpointBody({ origin, size: tree.size, root }));
      const signer = { origin, publicKey, checkpoint, madeAt: MADE_AT };
      const made = makePack(store, { accountId, seq }, signer);
      if (!made.ok) throw new Error(made.error);
      return signed(made.value);
    },
    resealed: (body) => signed(relogged(body, note)),
    verify: (pack) => verifyPack(pack, { verify: verifyStrictly }),
    verifyWith: (pack, key) => verifyPack(pack, { verify: verifyStrictly, key }),
    fingerprint: fingerprintText(publicKey),
  };
}

/** Leaves, proof and checkpoint of a tree that holds the facts where they say, and anything else beside. */
function relogged(body: PackBody, note: (name: string, body: string) => string): PackBody {
  const facts = body.facts.map(({ data, envelope }) => {
    const leaf = leafHash(Buffer.from(canonicalText({ data, envelope })));
    return { data, envelope, leaf: base64Of(leaf) };
  });
  const leaves = new Map(facts.map((one) => [one.envelope.seq - 1, bytesOfBase64(one.leaf)]));
  for (const { seq, leaf } of body.sealed) leaves.set(seq - 1, bytesOfBase64(leaf));
  const size = Math.max(...leaves.keys()) + 1;
  const hashAt = (level: number, index: number): Uint8Array => {
    if (level > 0) return nodeHash(hashAt(level - 1, index * 2), hashAt(level - 1, index * 2 + 1));
    const leaf = leaves.get(index);
    return leaf?.ok ? leaf.value : leafHash(Uint8Array.of(index & 255));
  };
  const { origin } = body.log;
  const indexes = [...leaves.keys()].sort((one, other) => one - other);
  const proof = proveMany(indexes, size, hashAt).map(base64Of);
  const checkpoint = note(origin, checkpointBody({ origin, size, root: rootAt(size, hashAt) }));
  return { ...body, facts, proof, checkpoint };
}

/** A demonstration's firm that has run for a while, with copy rings and all. */
export function demoEvidence(
  seed: number,
  { accounts = 60, records = 40_000 } = {},
): EvidenceFirm & { readonly firm: DemoFirm } {
  const firm = openDemoFirm(loadPrograms(), { seed, accounts });
  firm.run(records);
  return { ...evidenceOf(firm.store), firm };
}
