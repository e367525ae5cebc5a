import { parentPort, workerData } from 'node:worker_threads';
import { writePackFile } from '#core/evidence/file.ts';
import { bodyNote, PACK_BYTES_MAX, type PackBody } from '#core/evidence/pack.ts';
import { present } from '#core/kernel/assert.ts';
import { openStore } from '../store/store.ts';
import { makePack, type PackSigner, type PackWish } from './make-pack.ts';

/*
 * Makes packs beside the threads that must not wait: it reads the log and judges an account again. The
 * log's key stays where it is: this thread says what is to be signed, and is given the signature.
 */

export type ToEvidence =
  | {
      readonly type: 'make';
      readonly id: number;
      readonly wish: PackWish;
      readonly signer: PackSigner;
    }
  | { readonly type: 'signed'; readonly id: number; readonly note: string }
  | { readonly type: 'dropped'; readonly id: number };

export type FromEvidence =
  | { readonly type: 'sign'; readonly id: number; readonly body: string }
  | { readonly type: 'made'; readonly id: number; readonly file: string }
  | { readonly type: 'refused'; readonly id: number; readonly reason: string };

const { file } = workerData as { readonly file: string };
const port = present(parentPort, 'the port of this worker');
const store = openStore(file, 'read');
const tell = (message: FromEvidence): void => port.postMessage(message);
/** Bodies that wait for their signature. */
const waiting = new Map<number, PackBody>();

port.on('message', (message: ToEvidence) => {
  const { id } = message;
  try {
    if (message.type === 'make') make(id, message);
    else if (message.type === 'signed') finish(id, message.note);
    else waiting.delete(id);
  } catch (error) {
    waiting.delete(id);
    tell({ type: 'refused', id, reason: error instanceof Error ? error.message : String(error) });
  }
});

function make(id: number, { wish, signer }: Extract<ToEvidence, { type: 'make' }>): void {
  const made = makePack(store, wish, signer);
  if (!made.ok) return tell({ type: 'refused', id, reason: made.error });
  waiting.set(id, made.value);
  tell({ type: 'sign', id, body: bodyNote(made.value) });
}

function finish(id: number, note: string): void {
  const body = waiting.get(id);
  waiting.delete(id);
  if (!body) return;
  const text = writePackFile({ body, note });
  if (text.length > PACK_BYTES_MAX) {
    const reason = `the pack would be larger than ${PACK_BYTES_MAX} bytes: export the log instead`;
    return tell({ type: 'refused', id, reason });
  }
  tell({ type: 'made', id, file: text });
}
