import type { PaymentState, Payout } from '#core/governance/governance.ts';
import type { PayeeRef } from '#core/payouts/payouts.events.ts';
import {
  EVENT_KIND,
  RAIL_MESSAGE_BYTES_MAX,
  railEventSchema,
  type RailEvent,
} from './rail-messages.ts';
import { isFresh, isSameText, macOf, readSignatureHeader } from './message-signature.ts';
import type { PaymentWorkerPorts } from './payment-worker.ts';
import { systemCommand } from './system-command.ts';
import { reportOf } from './payment-steps.ts';
import type { PaymentProvider } from './payment-provider.ts';

export interface WebhookPorts extends Pick<
  PaymentWorkerPorts,
  'governance' | 'command' | 'payee' | 'now' | 'log'
> {
  /** What the rail signs its events with. */
  readonly secret: Uint8Array;
  /** The rail itself: an event only says that it is worth asking. */
  readonly provider: PaymentProvider;
  /** The payments that leave by it: it has no word on any other. */
  readonly method: PayeeRef['method'];
}

/** What to answer. The rail sends an event again until the answer is in the two hundreds. */
export interface WebhookAnswer {
  readonly status: 200 | 400 | 401 | 404 | 413 | 503;
  readonly code: string;
  readonly message: string;
}

export interface Webhooks {
  /** `raw` as it came over the line: signatures are of bytes. */
  receive(raw: Uint8Array, signature: string | undefined): Promise<WebhookAnswer>;
}

/**
 * Takes events of a payment rail. Signed, fresh and new is enough to ask the rail what became of
 * the payment, and never more: what an event itself says of a payment is not even read.
 */
export function createWebhooks(ports: WebhookPorts): Webhooks {
  return {
    receive: async (raw, signature) => {
      const event = eventIn(raw, signature, ports);
      return 'status' in event ? event : heard(event, ports);
    },
  };
}

function eventIn(
  raw: Uint8Array,
  signature: string | undefined,
  { secret, now }: WebhookPorts,
): RailEvent | WebhookAnswer {
  if (raw.length > RAIL_MESSAGE_BYTES_MAX) {
    return { status: 413, code: 'tooLarge', message: 'an event is a few hundred bytes' };
  }
  const header = readSignatureHeader(signature);
  const isSigned = header && isSameText(header.v, macOf(secret, EVENT_KIND, header.t, raw));
  if (!isSigned) return { status: 401, code: 'notSigned', message: 'the signature is not of this' };
  if (!isFresh(header.t, now())) {
    return { status: 401, code: 'stale', message: 'it was signed too long ago: sign it again' };
  }
  const parsed = railEventSchema.safeParse(jsonOf(raw));
  if (!parsed.success) return { status: 400, code: 'invalid', message: 'this is no event' };
  return parsed.data;
}

function jsonOf(raw: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    return null;
  }
}

async function heard({ eventId, key }: RailEvent, ports: WebhookPorts): Promise<WebhookAnswer> {
  const what = `event-${eventId}`;
  const found = find(key, ports);
  if (!found) return { status: 404, code: 'notFound', message: 'no such payment was instructed' };
  const isKnown = found.payout.reports.some(({ reportId }) => reportId === `${key}-${what}`);
  if (isKnown) return { status: 200, code: 'known', message: 'this event was taken before' };
  const { payment } = found.payout;
  const payee = ports.payee(payment.payee.digest);
  const said = await ports.provider.query(payment, payee.ok ? payee.value : null);
  if (said.type === 'notKnown' || (said.type === 'unknown' && !said.freeze)) {
    ports.log.warn({ payoutId: found.payout.payoutId }, 'a rail told of a payment it cannot name');
    return { status: 503, code: 'notTold', message: 'the rail did not say more when it was asked' };
  }
  // Meanwhile the same event, or the worker, may have come first.
  const latest = find(key, ports) ?? found;
  const report = reportOf(latest.payout, latest.state, said, what);
  if (!report) return { status: 200, code: 'noNews', message: 'that much was known' };
  const result = await ports.command(systemCommand({ type: 'reportPayment', report }));
  if (result.type === 'accepted') return { status: 200, code: 'taken', message: 'taken' };
  return { status: 503, code: 'notTaken', message: 'it could not be taken now: send it again' };
}

type Instructed = Payout & { readonly payment: NonNullable<Payout['payment']> };

function find(
  key: string,
  { governance, method }: WebhookPorts,
): { readonly payout: Instructed; readonly state: PaymentState } | null {
  const known = governance();
  for (const payout of known.payouts()) {
    const { payment, payoutId } = payout;
    if (payment?.instructionId !== key || payment.payee.method !== method) continue;
    return { payout: { ...payout, payment }, state: known.paymentState(payoutId) };
  }
  return null;
}
