import { parentPort, workerData } from 'node:worker_threads';
import { present } from '#core/kernel/assert.ts';
import type { Result } from '#core/kernel/result.ts';
import { importBankFile, type BankFile, type BankFileOptions } from './bank-files.ts';

/** Reads one file beside the thread that serves desks; ended from outside when it takes too long. */
export interface BankFileJob {
  readonly name: string;
  readonly text: string;
  readonly options: BankFileOptions;
}

const { name, text, options } = workerData as BankFileJob;
const read: Result<BankFile, string> = importBankFile(name, text, options);
present(parentPort, 'the port of this worker').postMessage(read);
