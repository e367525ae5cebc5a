import { err, ok, type Result } from '#core/kernel/result.ts';
import { readCheckpoint, signatureOf, type SignedCheckpoint } from './checkpoint.ts';
import { verifyConsistency, type Hash } from './tree.ts';

/** What a witness keeps of a log: the key that it saw first, and the latest checkpoint. */
export interface Witnessed {
  readonly publicKey: Uint8Array;
  readonly note: string;
}

/** What a server shows: its checkpoint, and that the one seen last is its beginning. */
export interface Shown {
  readonly publicKey: Uint8Array;
  readonly note: string;
  readonly proof: readonly Hash[];
}

export type VerifySignature = (
  publicKey: Uint8Array,
  message: string,
  signature: Uint8Array,
) => boolean;

/**
 * Whether a log goes on from where it was last seen. A smaller log was rolled back; another root
 * for the same entries, or one without proof, was rewritten; another key is another signer. Each is
 * an error in a sentence, and what was kept stays as it was.
 */
export function witness(
  origin: string,
  kept: Witnessed | null,
  shown: Shown,
  verify: VerifySignature,
): Result<SignedCheckpoint, string> {
  const newer = readCheckpoint(shown.note);
  if (!newer.ok) return newer;
  if (newer.value.origin !== origin) {
    return err(`the checkpoint is of ${newer.value.origin}, not of ${origin}`);
  }
  const publicKey = kept?.publicKey ?? shown.publicKey;
  const signature = signatureOf(newer.value, origin, publicKey);
  if (!signature || !verify(publicKey, newer.value.body, signature)) {
    return err('the checkpoint is not signed with the key that this log had before');
  }
  if (!kept) return newer;
  const older = readCheckpoint(kept.note);
  if (!older.ok) return older;
  if (newer.value.size < older.value.size) {
    return err(
      `the log was rolled back: it had ${older.value.size} entries, now ${newer.value.size}`,
    );
  }
  const consistent = verifyConsistency({
    older: older.value,
    newer: newer.value,
    proof: shown.proof,
  });
  if (consistent) return ok(newer.value);
  return err(`the log was rewritten: its first ${older.value.size} entries are not what they were`);
}
