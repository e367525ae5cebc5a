import { readCheckpoint } from '#core/audit/checkpoint.ts';
import { witness, type VerifySignature } from '#core/audit/witness.ts';
import { bytesOfBase64 } from '#core/kernel/base64.ts';
import { present } from '#core/kernel/assert.ts';
import { checkpointReplySchema } from '#core/sync/protocol.ts';
import { verifyStrictly } from '../signing/ed25519.ts';
import type { DeskStore } from '../store/store.ts';

/** A desk asks its server so often to show that the log goes on from where it was. */
export const WITNESS_EVERY_MS = 5_000;

/**
 * This desk as a witness of the log that it follows: it keeps the latest checkpoint, and knows when
 * the server shows it a log that is not the same any more.
 */
export interface LogWitness {
  /** Null when all is well or the server did not answer; else a sentence on what is wrong. */
  check(logId: string): Promise<string | null>;
}

export function createLogWitness(
  store: Pick<DeskStore, 'witnessed' | 'saveWitnessed'>,
  ask: (size: number) => Promise<unknown>,
): LogWitness {
  return {
    check: async (logId) => {
      const kept = store.witnessed(logId);
      const before = kept ? readCheckpoint(kept.note) : null;
      const reply = checkpointReplySchema.safeParse(await ask(before?.ok ? before.value.size : 0));
      if (!reply.success) return null;
      const { note, publicKey, proof } = reply.data;
      if (note === kept?.note) return null;
      const shown = { note, publicKey: bytesIn(publicKey), proof: proof.map(bytesIn) };
      const seen = witness(`propdesk/${logId}`, kept, shown, verifyEd25519);
      if (!seen.ok) return seen.error;
      store.saveWitnessed(logId, { note, publicKey: kept?.publicKey ?? shown.publicKey });
      return null;
    },
  };
}

/** What the schema has read as base64 already. */
function bytesIn(text: string): Uint8Array {
  const bytes = bytesOfBase64(text);
  return present(bytes.ok ? bytes.value : null, 'base64');
}

export const verifyEd25519: VerifySignature = (publicKey, message, signature) =>
  verifyStrictly(publicKey, new TextEncoder().encode(message), signature);
