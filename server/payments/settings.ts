import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { bicProblem, ibanProblem } from './files/account.ts';
import { swiftProblem } from './files/characters.ts';
import { NAME_LENGTH_MAX } from './files/payment-batch.ts';
import { cutOffsSchema } from './cut-offs.ts';

const debtorSchema = z.strictObject({
  name: z.string().refine((name) => swiftProblem(name, NAME_LENGTH_MAX) === null, {
    error: 'expected the firm’s name in letters that every bank passes on',
  }),
  iban: z.string().refine((iban) => ibanProblem(iban) === null, { error: 'expected an IBAN' }),
  bic: z.string().refine((bic) => bicProblem(bic) === null, { error: 'expected a BIC' }),
});
/** The account from which each currency is paid. */
const debtorsSchema = z.record(z.string().regex(/^[A-Z]{3}$/), debtorSchema);

/** How a firm pays: kept in `payments.json` in its data folder. What is left out is not set up. */
export const paymentSettingsSchema = z.strictObject({
  /** As letters and payment files name the firm. */
  firmName: z.string().min(1).max(NAME_LENGTH_MAX),
  /** How a trader objects to a decision; a line break begins a paragraph. */
  disputeText: z.string().max(4_000),
  /**
   * The test rail: `test` for the one in this program, or where another one runs. Approvers sign
   * that no money moves over it, so it is never one elsewhere.
   */
  rail: z
    .union([
      z.literal('test'),
      z.strictObject({
        url: z.url().refine(isOnThisMachine, 'expected a test rail on this machine'),
      }),
    ])
    .nullable(),
  bankFile: z.strictObject({ debtors: debtorsSchema }).nullable(),
  csvExport: z.strictObject({ debtors: debtorsSchema }).nullable(),
  /** Numbers of the firm's own accounts: files of others are refused. */
  bankAccounts: z.array(z.string().min(4).max(34)).max(50),
  cutOffs: cutOffsSchema,
});
export type PaymentSettings = z.output<typeof paymentSettingsSchema>;

function isOnThisMachine(url: string): boolean {
  return URL.canParse(url) && ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(url).hostname);
}

const NOTHING: PaymentSettings = {
  firmName: 'The firm',
  disputeText: 'Answer the message that this letter came with.',
  rail: null,
  bankFile: null,
  csvExport: null,
  bankAccounts: [],
  cutOffs: [],
};
/** Banks publish this IBAN as an example: no money can reach it. */
const EXAMPLE_DEBTOR = {
  name: 'Demonstration Firm',
  iban: 'DE89370400440532013000',
  bic: 'COBADEFFXXX',
};
const DEMO: PaymentSettings = {
  ...NOTHING,
  firmName: 'Demonstration Firm',
  rail: 'test',
  bankFile: { debtors: { USD: EXAMPLE_DEBTOR, EUR: EXAMPLE_DEBTOR, GBP: EXAMPLE_DEBTOR } },
  csvExport: { debtors: { USD: EXAMPLE_DEBTOR, EUR: EXAMPLE_DEBTOR, GBP: EXAMPLE_DEBTOR } },
};

/** What the file says; without one, a demonstration pays over the test rail, and nobody else pays. */
export function readPaymentSettings(file: string, demo: boolean): PaymentSettings {
  if (!existsSync(file)) return demo ? DEMO : NOTHING;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`${file} is no JSON: mend it, or remove it to pay nothing`);
  }
  const parsed = paymentSettingsSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
