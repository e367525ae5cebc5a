import { Worker } from 'node:worker_threads';
import { bytesOfBase64 } from '#core/kernel/base64.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { CheckpointReply } from '#core/sync/protocol.ts';
import { readCheckpoint } from '#core/audit/checkpoint.ts';
import type { PackWish } from './make-pack.ts';
import type { FromEvidence, ToEvidence } from './worker.ts';

/** Packs that may be asked for at once; each takes a reader through the account's prices. */
export const PACKS_WAITING_MAX = 8;
/** Judging the longest account takes seconds; whoever asked is told after this. */
const PACK_MS = 120_000;

export interface Evidence {
  /** The pack as one file, signed; an error is a sentence for who asked. */
  pack(wish: PackWish): Promise<Result<string, string>>;
  close(): Promise<unknown>;
}

export interface EvidencePorts {
  /** The log, to be read. */
  readonly file: string;
  /** A signed checkpoint over everything so far. */
  checkpoint(): CheckpointReply;
  /** Signs a body with the log's key. */
  sign(body: string): string;
  now(): number;
}

interface Waiting {
  readonly done: (answer: Result<string, string>) => void;
  readonly timer: NodeJS.Timeout;
}

/** Makes packs of evidence, one after the other, in a thread of its own. */
export function createEvidence(ports: EvidencePorts): Evidence {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let next = 0;
  const answer = (id: number, given: Result<string, string>): void => {
    const one = waiting.get(id);
    if (!one) return;
    clearTimeout(one.timer);
    waiting.delete(id);
    one.done(given);
  };
  const send = (message: ToEvidence): void => worker?.postMessage(message);
  const heard = (message: FromEvidence): void => {
    if (message.type === 'sign') {
      if (waiting.has(message.id)) {
        send({ type: 'signed', id: message.id, note: ports.sign(message.body) });
      } else send({ type: 'dropped', id: message.id });
    } else if (message.type === 'made') answer(message.id, ok(message.file));
    else answer(message.id, err(message.reason));
  };
  /** Started when the first pack is asked for: most servers' days pass without one. */
  const started = (): void => {
    if (worker) return;
    worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { file: ports.file },
    });
    worker.on('message', heard);
    worker.on('error', () => {
      worker = null;
      for (const id of waiting.keys()) answer(id, err('the pack could not be made: ask again'));
    });
  };
  return {
    pack: (wish) => {
      if (waiting.size >= PACKS_WAITING_MAX) {
        return Promise.resolve(err('other packs are being made: ask again in a moment'));
      }
      const { note, publicKey } = ports.checkpoint();
      const signed = readCheckpoint(note);
      const key = bytesOfBase64(publicKey);
      if (!signed.ok || !key.ok) return Promise.resolve(err('the log has no checkpoint yet'));
      started();
      next += 1;
      const id = next;
      return new Promise((done) => {
        const late = (): void => answer(id, err('it took too long: export the log instead'));
        waiting.set(id, { done, timer: setTimeout(late, PACK_MS) });
        const { origin } = signed.value;
        const signer = {
          origin,
          publicKey: key.value,
          checkpoint: note,
          madeAt: ports.now(),
        };
        send({ type: 'make', id, wish, signer });
      });
    },
    close: async () => {
      for (const id of waiting.keys()) answer(id, err('the server is stopping'));
      await worker?.terminate();
    },
  };
}
