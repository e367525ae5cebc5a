import type { ServerIntent } from '#server/commands/server-command.ts';
import type { Kernel } from './kernel.ts';
import { nextPaymentStep, type PaymentStep, type PaymentView } from './payment-driver.ts';
import type { Plant } from './planted.ts';
import type { Rail, RailReport } from './rail.ts';
import type { Server } from './server-host.ts';

type Report = Extract<ServerIntent, { type: 'reportPayment' }>['report'];

/** Carries out what the driver decides; everything that it remembers is gone when the server stops. */
export interface PaymentWorker {
  tick(): void;
  webhook(report: RailReport): void;
  forget(): void;
}

interface Memory {
  triedAt: number | null;
  askedAt: number | null;
  isWaiting: boolean;
  lastWord: PaymentView['lastWord'];
  attempts: number;
}

export function createPaymentWorker(ports: {
  readonly kernel: Kernel;
  readonly server: Server;
  readonly rail: Rail;
  readonly plant: Plant;
  system(intent: ServerIntent): void;
}): PaymentWorker {
  const { kernel, server, rail, plant } = ports;
  const step = plant.step ?? nextPaymentStep;
  const told = new Map<string, number>();
  let memories = new Map<string, Memory>();
  const memoryOf = (payoutId: string): Memory => {
    const known = memories.get(payoutId);
    if (known) return known;
    const fresh = { triedAt: null, askedAt: null, isWaiting: false, lastWord: null, attempts: 0 };
    memories.set(payoutId, fresh);
    return fresh;
  };
  const report = (payoutId: string, key: string, state: Report['state'], eventId: string): void => {
    const times = (told.get(eventId) ?? 0) + 1;
    told.set(eventId, times);
    const reportId = plant.reportId?.(eventId, times) ?? eventId;
    const said = {
      payoutId,
      instructionId: key,
      state,
      reportId,
      providerReference: eventId,
      message: '',
    };
    ports.system({ type: 'reportPayment', report: said });
  };
  const act = (payoutId: string, taken: PaymentStep): void => {
    const up = server.partition();
    const payment = up?.governance.payout(payoutId)?.payment;
    if (!payment || taken === 'wait' || taken === 'leave') return;
    const memory = memoryOf(payoutId);
    const key = payment.instructionId;
    if (taken === 'doubt') return report(payoutId, key, 'unknown', `${key}-doubt-${kernel.now}`);
    memory.isWaiting = true;
    const answered = (said: RailReport | null): void => {
      // The process that asked is gone: what it would have done is decided anew.
      if (memories.get(payoutId) !== memory) return;
      memory.isWaiting = false;
      if (said?.state === 'notKnown') memory.lastWord = 'notKnown';
      else if (said) memory.lastWord = 'known';
      if (said?.state === 'notKnown') return;
      if (said) report(payoutId, key, said.state, said.eventId);
      else if (taken === 'submit') report(payoutId, key, 'unknown', `${key}-overdue-${kernel.now}`);
    };
    if (taken === 'query') {
      memory.askedAt = kernel.now;
      return rail.query(key, answered);
    }
    memory.triedAt = kernel.now;
    memory.lastWord = null;
    memory.attempts += 1;
    const { amount, currency, payee } = payment;
    rail.submit(
      { key: plant.submitKey?.(key, memory.attempts) ?? key, amount, currency, last4: payee.last4 },
      answered,
    );
  };
  return {
    tick: () => {
      const governance = server.partition()?.governance;
      for (const { payoutId, payment } of governance?.payouts() ?? []) {
        if (!governance || !payment) continue;
        const { triedAt, askedAt, isWaiting, lastWord } = memoryOf(payoutId);
        const state = governance.paymentState(payoutId);
        act(
          payoutId,
          step({
            state,
            instructedAt: payment.at,
            at: kernel.now,
            triedAt,
            askedAt,
            isWaiting,
            lastWord,
          }),
        );
      }
    },
    webhook: ({ key, state, eventId }) => {
      // A webhook to a server that is down is lost; its truth is found by asking.
      const governance = server.partition()?.governance;
      if (!governance || state === 'notKnown') return;
      for (const { payoutId, payment } of governance.payouts()) {
        if (payment?.instructionId === key) report(payoutId, key, state, eventId);
      }
    },
    forget: () => {
      memories = new Map();
    },
  };
}
