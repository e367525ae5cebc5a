import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileOutboxOptions } from '../file-outbox.ts';
import type { BatchPayments } from '../payment-provider.ts';
import type { ProviderRig } from '../payment-provider.contract.ts';
import { DEBTOR } from './orders.ts';

export interface FileRig extends ProviderRig {
  readonly provider: BatchPayments;
  readonly folder: string;
  readonly options: FileOutboxOptions;
  /** Names and texts of the files that were handed over. */
  files(): { readonly name: string; readonly text: string }[];
  reopen(): BatchPayments;
}

/** A provider that writes files, in a folder of its own. */
export function openFileRig(create: (options: FileOutboxOptions) => BatchPayments): FileRig {
  const folder = mkdtempSync(join(tmpdir(), 'propdesk-payments-'));
  const options: FileOutboxOptions = {
    folder,
    initiator: 'Example Props',
    debtors: { USD: DEBTOR, EUR: DEBTOR },
    executionDate: () => '2026-01-21',
    now: () => Date.UTC(2026, 0, 20, 12),
  };
  const outbox = join(folder, 'outbox');
  const opened = [create(options)];
  const files = () =>
    existsSync(outbox)
      ? readdirSync(outbox).map((name) => ({
          name,
          text: readFileSync(join(outbox, name), 'utf8'),
        }))
      : [];
  return {
    provider: opened[0] as BatchPayments,
    folder,
    options,
    files,
    paid: (key) => Promise.resolve(files().filter(({ text }) => text.includes(key)).length),
    breakDown: () => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, 'this is no folder');
      return Promise.resolve();
    },
    reopen: () => {
      const again = create(options);
      opened.push(again);
      return again;
    },
    close: () => {
      for (const one of opened) one.close();
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}
