import { moneyText, type Money } from '#core/money/money.ts';
import { accountNumber, ibanProblem, type BankAccount } from './account.ts';
import { quoted } from './characters.ts';
import type {
  AccountReport,
  Balance,
  BankEntry,
  FilePlace,
  Reconciliation,
  ReportProblem,
  SummaryLine,
} from './bank-report.ts';
import type { CurrencyAmount } from './currency.ts';
import type { Direction } from './reader.ts';

/** The statement before ended where this one begins: either of them opens it. */
const OPENING_TYPES = ['OPBD', 'PRCD'];
const CLOSING_TYPE = 'CLBD';
/** Only these have moved money. */
export const BOOKED = 'BOOK';

/** Money in is positive, money out negative. */
export function signed({ amount, direction }: { amount: Money; direction: Direction }): Money {
  return direction === 'credit' ? amount : 0 - amount;
}

/** Opening + booked entries against closing, for each currency that has both booked balances. */
export function reconcile(
  balances: readonly Balance[],
  entries: readonly BankEntry[],
): Reconciliation[] {
  const booked = Map.groupBy(
    entries.filter(({ status }) => status === BOOKED),
    ({ currency }) => currency,
  );
  return [...Map.groupBy(balances, ({ currency }) => currency)].flatMap(([currency, own]) => {
    const sorted = own.toSorted((one, other) => compareText(one.date ?? '', other.date ?? ''));
    // A report of several days may carry the balances of each: its first opens and its last closes.
    const opening = OPENING_TYPES.map((type) => sorted.find((one) => one.type === type)).find(
      Boolean,
    );
    const closing = sorted.findLast((one) => one.type === CLOSING_TYPE);
    if (!opening || !closing) return [];
    const moved = sumOf((booked.get(currency) ?? []).map(signed));
    const [start, end] = [signed(opening), signed(closing)];
    const agrees = moved !== null && sumOf([start, moved]) === end;
    const { line, column } = closing;
    return [{ line, column, currency, opening: start, booked: moved, closing: end, agrees }];
  });
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The exact sum, or null beyond what can be kept exactly. */
function sumOf(amounts: readonly Money[]): Money | null {
  const sum = amounts.reduce((total, amount) => total + BigInt(amount), 0n);
  const value = Number(sum);
  return Number.isSafeInteger(value) ? value : null;
}

/** All that does not add up in one account's report, in the order of the file. */
export function problemsOf(report: AccountReport): ReportProblem[] {
  const problems = [
    ...(report.complete
      ? [...balanceProblems(report), ...summaryProblems(report)]
      : [partial(report)]),
    ...report.entries.flatMap(entryProblems),
    ...accountProblems(report),
    ...duplicateProblems(report),
  ];
  return problems.toSorted((one, other) => one.line - other.line || one.column - other.column);
}

function problem(
  kind: ReportProblem['kind'],
  { line, column }: FilePlace,
  sentence: string,
): ReportProblem {
  return { kind, line, column, sentence };
}

function partial(report: AccountReport): ReportProblem {
  const sentence = 'this is one page of several: its balances and totals are not compared';
  return problem('partial', report, sentence);
}

function balanceProblems(report: AccountReport): ReportProblem[] {
  const { balances, reconciliations, entries } = report;
  const wrong = reconciliations
    .filter(({ agrees }) => !agrees)
    .map((one) =>
      problem(
        'balance',
        one,
        `${shown(one.opening)} at the opening and ${shown(one.booked)} booked do not make ` +
          `${shown(one.closing)} ${one.currency} at the closing`,
      ),
    );
  if (balances.length === 0) return wrong;
  const known = new Set(balances.map(({ currency }) => currency));
  const strangers = entries
    .filter((entry) => entry.status === BOOKED && !known.has(entry.currency))
    .map((entry) =>
      problem('balance', entry, `the entry is in ${entry.currency}, of which there is no balance`),
    );
  return [...wrong, ...strangers, ...ambiguous(report)];
}

/** Two balances of one type and day cannot both be right. */
function ambiguous({ balances }: AccountReport): ReportProblem[] {
  const seen = new Map<string, Balance>();
  return balances.flatMap((balance) => {
    const key = [balance.type, balance.currency, balance.date ?? ''].join(' ');
    const earlier = seen.get(key);
    seen.set(key, balance);
    if (!earlier || signed(earlier) === signed(balance)) return [];
    const sentence = `${shown(signed(earlier))} stood on line ${earlier.line} as ${quoted(balance.type)} of that day`;
    return [problem('balance', balance, sentence)];
  });
}

function summaryProblems({ summary, entries }: AccountReport): ReportProblem[] {
  const compare = (what: string, line: SummaryLine, counted: readonly BankEntry[]) => {
    const sum = sumOf(counted.map(({ amount }) => amount));
    const found: ReportProblem[] = [];
    if (line.count !== null && line.count !== counted.length)
      found.push(
        problem(
          'summary',
          line.place,
          `${line.count} ${what} are announced, ${counted.length} stand`,
        ),
      );
    if (line.sum !== null && line.sum !== sum)
      found.push(
        problem(
          'summary',
          line.place,
          `the ${what} should add up to ${shown(line.sum)}, not ${shown(sum)}`,
        ),
      );
    return found;
  };
  const net = sumOf(entries.map(signed));
  const netProblem =
    summary.net === null || summary.net === net
      ? []
      : [
          problem(
            'summary',
            summary.total.place,
            `the net of the entries should be ${shown(summary.net)}, not ${shown(net)}`,
          ),
        ];
  return [
    ...compare('entries', summary.total, entries),
    ...compare(
      'credits',
      summary.credits,
      entries.filter(({ direction }) => direction === 'credit'),
    ),
    ...compare(
      'debits',
      summary.debits,
      entries.filter(({ direction }) => direction === 'debit'),
    ),
    ...netProblem,
  ];
}

function entryProblems(entry: BankEntry): ReportProblem[] {
  return [...batchProblems(entry), ...detailProblems(entry), ...directionProblems(entry)];
}

function batchProblems(entry: BankEntry): ReportProblem[] {
  const totals = entry.batches.flatMap(({ total }) => total ?? []);
  if (totals.length === 0 || totals.length < entry.batches.length) return [];
  if (totals.some(({ currency }) => currency !== entry.currency)) return [];
  const sum = sumOf(
    entry.batches.map(({ total, direction }) =>
      signed({ amount: total?.amount ?? 0, direction: direction ?? entry.direction }),
    ),
  );
  if (sum === signed(entry)) return [];
  const sentence = `the batches make ${shown(sum)}, the entry ${shown(signed(entry))} ${entry.currency}`;
  return [problem('details', entry.batches[0] ?? entry, sentence)];
}

/** Compared only where every transaction is there with its amount: many banks detail elsewhere. */
function detailProblems(entry: BankEntry): ReportProblem[] {
  const { transactions, batches } = entry;
  const announced = batches.reduce((total, { count }) => total + (count ?? 0), 0);
  const amounts = transactions.map(({ amount }) => amount);
  if (announced > 0 && transactions.length > announced)
    return [
      problem(
        'details',
        entry,
        `${announced} payments are announced, ${transactions.length} stand`,
      ),
    ];
  const comparable = (amount: CurrencyAmount | null): boolean =>
    amount?.currency === entry.currency;
  if (transactions.length === 0 || !amounts.every(comparable)) return [];
  if (announced > 0 && transactions.length !== announced) return [];
  const sum = sumOf(
    transactions.map(({ amount, direction }) => signed({ amount: amount?.amount ?? 0, direction })),
  );
  if (sum === signed(entry)) return [];
  const sentence = `the transactions make ${shown(sum)}, the entry ${shown(signed(entry))} ${entry.currency}`;
  return [problem('details', entry, sentence)];
}

/** A batch may net credits and debits; a transaction that is alone cannot. */
function directionProblems({ transactions, direction }: BankEntry): ReportProblem[] {
  const [only] = transactions;
  if (!only || transactions.length > 1 || only.direction === direction) return [];
  return [problem('direction', only, `a ${only.direction} is the only detail of a ${direction}`)];
}

function accountProblems(report: AccountReport): ReportProblem[] {
  const check = (account: BankAccount | null, place: FilePlace): ReportProblem[] => {
    if (account?.kind !== 'iban') return [];
    const sentence = ibanProblem(account.iban);
    return sentence === null ? [] : [problem('account', place, sentence)];
  };
  const transactions = report.entries.flatMap((entry) => entry.transactions);
  return [
    ...check(report.account, report),
    ...transactions.flatMap((one) => [
      ...check(one.debtor.account, one),
      ...check(one.creditor.account, one),
    ]),
  ];
}

/** One payment that leaves twice would mark two payouts as paid. */
function duplicateProblems({ entries, account }: AccountReport): ReportProblem[] {
  const seen = new Map<string, FilePlace>();
  const paid = entries.filter(({ status, reversal }) => status === BOOKED && !reversal);
  return paid
    .flatMap(({ transactions }) => transactions)
    .filter(({ direction, returned }) => direction === 'debit' && returned === null)
    .flatMap((transaction) => {
      const { endToEndId } = transaction.references;
      if (endToEndId === null) return [];
      const earlier = seen.get(endToEndId);
      if (!earlier) seen.set(endToEndId, transaction);
      if (!earlier) return [];
      const sentence =
        `${quoted(endToEndId)} leaves ${quoted(accountNumber(account))} a second time; ` +
        `the first is on line ${earlier.line}`;
      return [problem('duplicate', transaction, sentence)];
    });
}

function shown(amount: Money | null): string {
  return amount === null ? 'more than can be kept exactly' : moneyText(amount);
}
