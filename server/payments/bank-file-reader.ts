import { Worker } from 'node:worker_threads';
import { err, type Result } from '#core/kernel/result.ts';
import type { BankFileJob } from './bank-file-worker.ts';
import { importBankFile, type BankFile, type BankFileOptions } from './bank-files.ts';

/** A larger file is read by a thread of its own: desks and payments do not wait for it. */
export const READ_HERE_MAX = 64 * 1024;
const READ_MS_MAX = 60_000;
/** Threads that read at once; each may hold a large file several times over. */
const READERS_MAX = 2;

/** Nothing is wrong with the file. */
export const READERS_BUSY = 'other files are being read: send it again in a minute';

let reading = 0;

export async function readBankFile(
  name: string,
  text: string,
  options: BankFileOptions = {},
  limitMs: number = READ_MS_MAX,
): Promise<Result<BankFile, string>> {
  if (text.length <= READ_HERE_MAX) return importBankFile(name, text, options);
  if (reading >= READERS_MAX) return err(READERS_BUSY);
  reading += 1;
  return inThread({ name, text, options }, limitMs).finally(() => (reading -= 1));
}

function inThread(workerData: BankFileJob, limitMs: number): Promise<Result<BankFile, string>> {
  const worker = new Worker(new URL('./bank-file-worker.ts', import.meta.url), { workerData });
  return new Promise((done) => {
    const end = (result: Result<BankFile, string>): void => {
      clearTimeout(timer);
      void worker.terminate();
      done(result);
    };
    const timer = setTimeout(() => end(err('reading the file took too long')), limitMs);
    worker.on('message', end);
    worker.on('error', () => end(err('the file could not be read')));
  });
}
