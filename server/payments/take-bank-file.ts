import type { Governance } from '#core/governance/governance.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { moneyText } from '#core/money/money.ts';
import type { PaymentReport } from '#core/payouts/payouts.events.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import type { ServerCommand } from '../commands/server-command.ts';
import { readBankFile } from './bank-file-reader.ts';
import { shortened, type ToldPayment } from './bank-files.ts';
import { quoted } from './files/characters.ts';
import { systemCommand } from './system-command.ts';

export interface BankFilePorts {
  governance(): Governance;
  command(command: ServerCommand): Promise<CommandResult>;
  readonly accounts?: readonly string[];
}

/** What came of a file, for the person or program that sent it. */
export interface TakenFile {
  /** Of the file's text. */
  readonly file: string;
  /** Lines that were not known before. */
  readonly entries: number;
  /** Lines and reports that were. */
  readonly known: number;
  /** Payments of which it told something new. */
  readonly payments: number;
  readonly problems: readonly string[];
}

/** Takes a bank's file into the log; the same file, or the same line in another, changes nothing. */
export async function takeBankFile(
  ports: BankFilePorts,
  name: string,
  text: string,
): Promise<Result<TakenFile, string>> {
  const { accounts = [] } = ports;
  const read = await readBankFile(name, text, { accounts });
  if (!read.ok) return read;
  const { entries, told, problems, digest: file } = read.value;
  const governance = ports.governance();
  const fresh = entries.filter(({ entryId }) => !governance.entry(entryId));
  if (fresh.length > 0) {
    const result = await ports.command(systemCommand({ type: 'bookEntries', entries: fresh }));
    if (result.type === 'rejected') return err(result.message);
  }
  const heard = reportsOf(told, ports.governance());
  for (const report of heard.reports) {
    const result = await ports.command(systemCommand({ type: 'reportPayment', report }));
    if (result.type === 'rejected') heard.problems.push(result.message);
  }
  return ok({
    file,
    entries: fresh.length,
    known: entries.length - fresh.length + told.length - heard.reports.length,
    payments: heard.reports.length,
    problems: shortened([...problems, ...heard.problems]),
  });
}

/** Only what is news, and of the payment that was ordered: the amount is compared where it stands. */
function reportsOf(
  told: readonly ToldPayment[],
  governance: Governance,
): { readonly reports: Omit<PaymentReport, 'at'>[]; readonly problems: string[] } {
  const reports: Omit<PaymentReport, 'at'>[] = [];
  const problems: string[] = [];
  const byInstruction = new Map(
    [...governance.payouts()].map((payout) => [payout.payment?.instructionId, payout]),
  );
  for (const one of told) {
    const payout = byInstruction.get(one.instructionId);
    if (!payout?.payment) {
      problems.push(`${quoted(one.instructionId)} is no payment that was ordered here`);
      continue;
    }
    const { payoutId, payment, reports: before } = payout;
    const { amount, currency } = payment;
    if (one.amount && (one.amount.amount !== amount || one.amount.currency !== currency)) {
      const ordered = `${moneyText(amount)} ${currency}`;
      problems.push(
        `${quoted(one.instructionId)} is told with ${moneyText(one.amount.amount)} ` +
          `${one.amount.currency}, and ${ordered} was ordered: nothing was made of it`,
      );
      continue;
    }
    const reportId = `${one.instructionId}-${one.toldId}`;
    const state = governance.paymentState(payoutId);
    const isNews = state !== one.state && (one.state !== 'sent' || state === 'instructed');
    if (!isNews || before.some((known) => known.reportId === reportId)) continue;
    const { instructionId, state: told, reference, message } = one;
    reports.push({
      payoutId,
      instructionId,
      state: told,
      reportId,
      providerReference: reference.slice(0, 120),
      message,
    });
  }
  return { reports, problems };
}
