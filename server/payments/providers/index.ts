import { createBankFile } from './bank-file/provider.ts';
import { createCsvExport } from './csv-export/provider.ts';
import { createHttpRail } from './http-rail/provider.ts';

/** Every way to pay there is, and how each is set up. Adding one is a folder and a line. */
export const providers = {
  testRail: createHttpRail,
  bankTransfer: createBankFile,
  csvExport: createCsvExport,
} as const;
