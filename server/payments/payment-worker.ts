import type { Proposal } from '#core/approvals/proposal.ts';
import type { Governance, Payout } from '#core/governance/governance.ts';
import { present } from '#core/kernel/assert.ts';
import type { Result } from '#core/kernel/result.ts';
import type { PayeeRef, PaymentReport } from '#core/payouts/payouts.events.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import type { ServerCommand } from '../commands/server-command.ts';
import { calendarOf, nextCutOff, type CutOffs } from './cut-offs.ts';
import type { PayeeDetails } from './payee-vault.ts';
import {
  unknown,
  wordsOf,
  type BatchPayments,
  type PaymentOrder,
  type PaymentProvider,
  type Queried,
  type Submitted,
} from './payment-provider.ts';
import {
  afterQuery,
  afterSubmit,
  giveUp,
  isFinal,
  nextStep,
  NO_ATTEMPTS,
  reportOf,
  statementReport,
  type Attempts,
  type Step,
} from './payment-steps.ts';
import { systemCommand } from './system-command.ts';
import { createTicker, type Ticker } from './ticker.ts';

/** What is due is looked at this often. */
export const TICK_MS = 3_000;
/** A run that left all it found unpaid is repeated no earlier: what stands against it may end. */
export const RUN_AGAIN_MS = 60_000;
/** Payments on their way to a provider at the same time. */
export const PAYMENTS_AT_ONCE_MAX = 8;

/** Where the worker says what it does: never a name, an account or a secret. */
export interface PaymentLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface PaymentWorkerPorts {
  /** As the log tells it, with everything that a command has led to once that was answered. */
  governance(): Governance;
  command(command: ServerCommand): Promise<CommandResult>;
  payee(digest: string): Result<PayeeDetails, string>;
  readonly providers: ReadonlyMap<PayeeRef['method'], PaymentProvider>;
  /** Empty: every payment leaves as soon as it may. */
  readonly cutOffs: CutOffs;
  now(): number;
  readonly log: PaymentLog;
}

/**
 * Carries approved payouts to their providers and what became of them back into the log: `tick`
 * does once all that is due. What has to be done follows from the facts and from what the provider
 * says; what this keeps in memory only saves questions, so it may stop and begin anew at any point.
 */
export function createPaymentWorker(ports: PaymentWorkerPorts): Ticker {
  const memory: Memory = { attempts: new Map(), run: { payouts: '', at: -Infinity } };
  return createTicker(() => tickOnce(ports, memory), TICK_MS);
}

interface Memory {
  readonly attempts: Map<string, Attempts>;
  /** The payouts that the last run left unpaid, and when that was. */
  run: { readonly payouts: string; readonly at: number };
}

async function tickOnce(ports: PaymentWorkerPorts, memory: Memory): Promise<void> {
  try {
    await runPayments(ports, memory);
    await tellStatements(ports);
    await each(payoutsAt('query', ports, memory), (payout) => ask(payout, ports, memory));
    await submit(payoutsAt('submit', ports, memory), ports, memory);
    await each(payoutsAt('person', ports, memory), (payout) => tellPerson(payout, ports));
  } catch (error) {
    ports.log.error({ error: wordsOf(error) }, 'paying stopped halfway, and goes on from the log');
  }
}

/** Has the server pay what is approved, when the cut-off of any of it has come. */
async function runPayments(ports: PaymentWorkerPorts, memory: Memory): Promise<void> {
  const waiting = payableNow(ports);
  const payouts = waiting.join(' ');
  const isNews = payouts !== memory.run.payouts;
  if (waiting.length === 0 || (!isNews && ports.now() - memory.run.at < RUN_AGAIN_MS)) return;
  const result = await ports.command(systemCommand({ type: 'runPayments' }));
  if (result.type === 'rejected') ports.log.warn({ reason: result.message }, 'no payment run');
  memory.run = { payouts: payableNow(ports).join(' '), at: ports.now() };
}

function payableNow(ports: PaymentWorkerPorts): string[] {
  const governance = ports.governance();
  const found: string[] = [];
  for (const proposal of governance.open()) {
    const { action, approved, version, proposalId } = proposal;
    const isPayable = action === 'payPayout' && approved?.version === version;
    const request = governance.payout(proposalId)?.request;
    if (!isPayable || !request) continue;
    if (ports.now() >= leavesAt(proposal, request, ports)) found.push(proposalId);
  }
  return found;
}

/** From when on it may leave: its cool-off is over, and a cut-off has come since. */
function leavesAt(
  { approved }: Pick<Proposal, 'approved'>,
  { payee, currency }: Payout['request'],
  { cutOffs }: PaymentWorkerPorts,
): number {
  const from = approved?.executableFrom ?? 0;
  const calendar = calendarOf(cutOffs, payee.method, currency);
  return calendar ? nextCutOff(calendar, from) : from;
}

/** Lines of the bank that were matched say what became of a payment, too. */
async function tellStatements(ports: PaymentWorkerPorts): Promise<void> {
  const governance = ports.governance();
  for (const payout of governance.payouts()) {
    if (payout.entries.length === 0) continue;
    const report = statementReport(payout, governance.paymentState(payout.payoutId));
    if (report) await tell(report, ports);
  }
}

function payoutsAt(wanted: Step, ports: PaymentWorkerPorts, memory: Memory): Payout[] {
  const governance = ports.governance();
  const found: Payout[] = [];
  for (const payout of governance.payouts()) {
    const { payoutId, request } = payout;
    const state = governance.paymentState(payoutId);
    if (isFinal(state)) {
      memory.attempts.delete(payoutId);
      continue;
    }
    const attempts = memory.attempts.get(payoutId) ?? NO_ATTEMPTS;
    const approved = governance.proposal(payoutId)?.approved ?? null;
    const readyAt = leavesAt({ approved }, request, ports);
    const step = nextStep({ payout, state, attempts, readyAt, now: ports.now() });
    if (step === wanted) found.push(payout);
  }
  return found;
}

async function ask(payout: Payout, ports: PaymentWorkerPorts, memory: Memory): Promise<void> {
  const payment = present(payout.payment, 'the payment');
  const provider = ports.providers.get(payment.payee.method);
  const payee = ports.payee(payment.payee.digest);
  const said: Queried = provider
    ? await provider.query(payment, payee.ok ? payee.value : null)
    : unknown(`No way to pay by ${payment.payee.method} is set up`);
  const attempts = memory.attempts.get(payout.payoutId) ?? NO_ATTEMPTS;
  memory.attempts.set(payout.payoutId, afterQuery(attempts, said, ports.now()));
  await hear(payout, said, ports);
}

async function submit(
  payouts: readonly Payout[],
  ports: PaymentWorkerPorts,
  memory: Memory,
): Promise<void> {
  const single: (() => Promise<void>)[] = [];
  const batches = new Map<BatchPayments, { payout: Payout; order: PaymentOrder }[]>();
  for (const payout of payouts) {
    const ready = await orderOf(payout, ports);
    if (!ready) continue;
    const { provider, order } = ready;
    if (provider.batches) {
      const batch = batches.get(provider) ?? [];
      batch.push({ payout, order });
      batches.set(provider, batch);
      continue;
    }
    single.push(async () => submitted(payout, await provider.submit(order), ports, memory));
  }
  await each(single, (work) => work());
  for (const [provider, batch] of batches) {
    const answers = await provider.submitBatch(batch.map(({ order }) => order));
    for (const { payout, order } of batch) {
      const said = answers.get(order.instruction.instructionId) ?? unknown('It was left out');
      await submitted(payout, said, ports, memory);
    }
  }
}

/** Amount and payee come from the approved instruction alone; the details must be those it names. */
async function orderOf(
  payout: Payout,
  ports: PaymentWorkerPorts,
): Promise<{ readonly provider: PaymentProvider; readonly order: PaymentOrder } | null> {
  const instruction = present(payout.payment, 'the payment');
  const provider = ports.providers.get(instruction.payee.method);
  const payee = ports.payee(instruction.payee.digest);
  if (provider && payee.ok) return { provider, order: { instruction, payee: payee.value } };
  const why = payee.ok ? `no way to pay by ${instruction.payee.method} is set up` : payee.error;
  await tell(giveUp(payout, 'instructed', `It was not sent: ${why}`), ports);
  return null;
}

async function submitted(
  payout: Payout,
  said: Submitted,
  ports: PaymentWorkerPorts,
  memory: Memory,
): Promise<void> {
  const attempts = memory.attempts.get(payout.payoutId) ?? NO_ATTEMPTS;
  memory.attempts.set(payout.payoutId, afterSubmit(attempts, said, ports.now()));
  await hear(payout, said, ports);
}

async function hear(payout: Payout, said: Queried, ports: PaymentWorkerPorts): Promise<void> {
  const { payoutId } = payout;
  const governance = ports.governance();
  // What is known may have grown while the provider was asked: a webhook is as fast.
  const latest = governance.payout(payoutId) ?? payout;
  const report = reportOf(latest, governance.paymentState(payoutId), said);
  const message = 'message' in said ? said.message : '';
  const level = said.type === 'unknown' ? 'warn' : 'info';
  ports.log[level]({ payoutId, said: said.type, message }, 'a provider told of a payment');
  if (report) await tell(report, ports);
}

const GIVEN_UP =
  'Whether it has arrived could not be found out: look it up at the rail, then settle it';
const QUIET = 'It was sent long ago and nothing was heard since: look it up, then settle it';

async function tellPerson(payout: Payout, ports: PaymentWorkerPorts): Promise<void> {
  const state = ports.governance().paymentState(payout.payoutId);
  await tell(giveUp(payout, state, state === 'sent' ? QUIET : GIVEN_UP), ports);
}

async function tell(
  report: Omit<PaymentReport, 'at'>,
  { command, log }: PaymentWorkerPorts,
): Promise<void> {
  const result = await command(systemCommand({ type: 'reportPayment', report }));
  if (result.type === 'accepted') return;
  log.warn({ payoutId: report.payoutId, reason: result.message }, 'a report was not taken');
}

/** A few at a time, all of them to their end; only then is told that one has failed. */
async function each<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of left) {
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: PAYMENTS_AT_ONCE_MAX }, worker));
  if (failures.length > 0) throw failures[0];
}
