import { readCheckpoint, signatureOf } from '#core/audit/checkpoint.ts';
import { isSame, leafHash, verifyInclusion } from '#core/audit/tree.ts';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import { entryOf } from '#core/facts/entry.ts';
import { parseFact } from '#core/facts/registry.ts';
import { bytesOfBase64 } from '#core/kernel/base64.ts';
import { present } from '#core/kernel/assert.ts';
import type { AuditProof } from '#core/sync/protocol.ts';
import type { DeskStore } from '../store/store.ts';
import { verifyEd25519 } from './witness.ts';

/**
 * Whether the entry that was asked for is in the log. Walks its way to the signed root by itself:
 * the entry's own bytes, its leaf, every hash on the way, and the signature of the key that this
 * desk has known since it first met the log.
 */
export function walkProof(
  seq: number,
  { fact: input, leaf, index, note, publicKey, proof }: AuditProof,
  logId: string,
  store: Pick<DeskStore, 'witnessed'>,
): DeskCallOutput<'audit.proof'> {
  const checkpoint = readCheckpoint(note);
  const shown = { leaf, index, path: proof, note };
  const failed = (says: string): DeskCallOutput<'audit.proof'> => ({
    verified: false,
    says,
    size: checkpoint.ok ? checkpoint.value.size : 0,
    root: checkpoint.ok ? Buffer.from(checkpoint.value.root).toString('base64') : '',
    ...shown,
  });
  const fact = parseFact(input);
  if (!checkpoint.ok || !fact.ok) return failed('The proof cannot be read.');
  const pinned = store.witnessed(logId)?.publicKey ?? bytesIn(publicKey);
  const origin = `propdesk/${logId}`;
  const signature = signatureOf(checkpoint.value, origin, pinned);
  if (!signature || !verifyEd25519(pinned, checkpoint.value.body, signature)) {
    return failed('The checkpoint is not signed with this log’s key.');
  }
  if (index !== seq - 1 || fact.value.envelope.seq !== seq) {
    return failed('The server has shown another entry than the one that was asked for.');
  }
  if (!isSame(leafHash(entryOf(fact.value)), bytesIn(leaf))) {
    return failed('The entry is not the one that its leaf was made from.');
  }
  const { size, root } = checkpoint.value;
  const included = verifyInclusion({
    leaf: bytesIn(leaf),
    index,
    size,
    root,
    proof: proof.map(bytesIn),
  });
  if (!included) return failed('The way from this entry does not lead to the signed root.');
  return {
    verified: true,
    says:
      `Entry ${index + 1} is in the log of ${size} entries that this server has signed: ` +
      `${proof.length} hashes, walked here.`,
    size,
    root: Buffer.from(root).toString('base64'),
    ...shown,
  };
}

/** What the schema has read as base64 already. */
function bytesIn(text: string): Uint8Array {
  const bytes = bytesOfBase64(text);
  return present(bytes.ok ? bytes.value : null, 'base64');
}
