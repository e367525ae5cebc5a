import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointBody, keyIdOf, readCheckpoint, signedNote } from '#core/audit/checkpoint.ts';
import { leafHash } from '#core/audit/tree.ts';
import type { Witnessed } from '#core/audit/witness.ts';
import { entryOf } from '#core/facts/entry.ts';
import { parseFact } from '#core/facts/registry.ts';
import { base64Of } from '#core/kernel/base64.ts';
import type { AuditProof } from '#core/sync/protocol.ts';
import { openLogSigner, type LogSigner } from '#server/audit/log-signer.ts';
import { openGovernedFirm, type GovernedFirm } from '#server/commands/testing/governed-firm.ts';
import { createQuestions } from '#server/gateway/questions.ts';
import { NO_PAYMENTS } from '#server/gateway/testing/served.ts';
import { walkProof } from './audit-proof.ts';

const SEQ = 5;
const folder = mkdtempSync(join(tmpdir(), 'propdesk-proof-'));
afterAll(() => rmSync(folder, { recursive: true }));
let firm: GovernedFirm;
let signer: LogSigner;
let pinned: Witnessed;
let honest: AuditProof;

beforeAll(() => {
  firm = openGovernedFirm();
  signer = openLogSigner(folder, firm.store.logId);
  const note = signer.checkpoint(firm.store.tree(0));
  pinned = { note, publicKey: signer.publicKey };
  honest = proofOf(SEQ);
});

/** What the server answers, as it comes over the wire. */
function proofOf(seq: number): AuditProof {
  const checkpoint = (): { note: string; publicKey: string } => ({
    note: pinned.note,
    publicKey: base64Of(pinned.publicKey),
  });
  const people = (): { people: [] } => ({ people: [] });
  const { auditProof } = createQuestions({
    store: firm.store,
    governance: firm.partition.governance,
    people,
    checkpoint,
    payments: NO_PAYMENTS,
  });
  const reply = auditProof?.answer({ seq } as never, 'somebody');
  return JSON.parse(JSON.stringify(reply)) as AuditProof;
}

function walk(over: Partial<AuditProof>, witnessed: Witnessed | null = pinned) {
  const store = { witnessed: () => witnessed };
  return walkProof(SEQ, { ...honest, ...over }, firm.store.logId, store);
}

/** The checkpoint's own root, or another, signed by another key under the same name. */
function forgedNote(root?: Uint8Array): { note: string; publicKey: Uint8Array } {
  const { privateKey, publicKey: half } = generateKeyPairSync('ed25519');
  const { x = '' } = half.export({ format: 'jwk' });
  const publicKey = new Uint8Array(Buffer.from(x, 'base64url'));
  const read = readCheckpoint(pinned.note);
  if (!read.ok) throw new Error(read.error);
  const { origin } = signer;
  const body = checkpointBody({ origin, size: read.value.size, root: root ?? read.value.root });
  const signature = new Uint8Array(sign(null, Buffer.from(body), privateKey));
  const note = signedNote(body, [{ name: origin, keyId: keyIdOf(origin, publicKey), signature }]);
  return { note, publicKey };
}

/** The same bytes with one bit turned over. */
function turned(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64');
}

const NOT_SIGNED = 'The checkpoint is not signed with this log’s key.';
const OTHER_LEAF = 'The entry is not the one that its leaf was made from.';
const NO_WAY = 'The way from this entry does not lead to the signed root.';
const OTHER_ENTRY = 'The server has shown another entry than the one that was asked for.';
const changedFact = (): unknown => {
  const fact = structuredClone(honest.fact) as { envelope: { recordedAt: number } };
  fact.envelope.recordedAt += 1;
  return fact;
};

describe('the way of an entry to the signed root', () => {
  it('is walked and found right', () => {
    const { verified, says } = walk({});
    expect([verified, says]).toEqual([true, expect.stringContaining(`Entry ${SEQ} is in the log`)]);
  });

  it('is found right for every entry of the log', () => {
    const { lastSeq } = firm.partition.ingest;
    const store = { witnessed: () => pinned };
    for (let seq = 1; seq <= lastSeq; seq += 1) {
      expect(walkProof(seq, proofOf(seq), firm.store.logId, store).verified).toBe(true);
    }
  });

  it('is walked with the key of the proof by a desk that has met no log yet', () => {
    expect(walk({}, null).verified).toBe(true);
  });

  it.each([
    ['a changed fact', () => ({ fact: changedFact() }), OTHER_LEAF],
    ['a fact that cannot be read', () => ({ fact: { no: 'fact' } }), 'The proof cannot be read.'],
    ['another leaf', () => ({ leaf: turned(honest.leaf) }), OTHER_LEAF],
    [
      'a changed fact with its own leaf',
      () => ({ fact: changedFact(), leaf: leafOf(changedFact()) }),
      NO_WAY,
    ],
    ['another hash on the way', () => ({ proof: [turned(honest.proof[0] ?? '')] }), NO_WAY],
    ['one hash too few', () => ({ proof: honest.proof.slice(1) }), NO_WAY],
    ['one hash too many', () => ({ proof: [...honest.proof, honest.leaf] }), NO_WAY],
    ['another place', () => ({ index: SEQ }), OTHER_ENTRY],
    ['an honest proof of another entry', () => proofOf(SEQ + 1), OTHER_ENTRY],
    ['a note that cannot be read', () => ({ note: 'no note' }), 'The proof cannot be read.'],
    ['a signature of another key', () => ({ note: forgedNote().note }), NOT_SIGNED],
    ['another key with its own signature', () => shownWith(forgedNote()), NOT_SIGNED],
    ['another signature', () => ({ note: otherSignature(pinned.note) }), NOT_SIGNED],
    ['another root', () => ({ note: otherRoot(pinned.note) }), NOT_SIGNED],
  ])('is found wrong with %s', (_name, over, reason) => {
    const { verified, says } = walk(over());
    expect([verified, says]).toEqual([false, reason]);
  });

  it('is found wrong with a key that does not fit, also by a desk that has met no log', () => {
    const publicKey = base64Of(forgedNote().publicKey);
    expect(walk({ publicKey }, null)).toMatchObject({ verified: false, says: NOT_SIGNED });
  });

  it('is found wrong when it is of another log', () => {
    const store = { witnessed: () => pinned };
    expect(walkProof(SEQ, honest, 'another-log', store)).toMatchObject({
      verified: false,
      says: NOT_SIGNED,
    });
  });

  function leafOf(input: unknown): string {
    const fact = parseFact(input);
    if (!fact.ok) throw new Error(fact.error);
    return base64Of(leafHash(entryOf(fact.value)));
  }

  function shownWith({ note, publicKey }: { note: string; publicKey: Uint8Array }) {
    return { note, publicKey: base64Of(publicKey) };
  }

  /** The signature's last line with one letter of its base64 changed. */
  function otherSignature(note: string): string {
    return note.replace(
      /(.{10})(.)(=*\n)$/,
      (_all, before: string, letter: string, end: string) => {
        const middle = before.slice(0, -1) + (before.endsWith('A') ? 'B' : 'A');
        return `${middle}${letter}${end}`;
      },
    );
  }

  function otherRoot(note: string): string {
    const lines = note.split('\n');
    lines[2] = turned(lines[2] ?? '');
    return lines.join('\n');
  }
});
