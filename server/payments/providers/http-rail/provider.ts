import { amountText } from '#server/payments/files/currency.ts';
import { macOf, signatureHeader } from '#server/payments/message-signature.ts';
import { accountOf, lastOf, type PayeeDetails } from '#server/payments/payee-vault.ts';
import {
  frozen,
  unknown,
  wordsOf,
  type PaymentOrder,
  type Queried,
  type SinglePayments,
  type Submitted,
} from '#server/payments/payment-provider.ts';
import {
  IDEMPOTENCY_KEY,
  RAIL_MESSAGE_BYTES_MAX,
  RAIL_SIGNATURE,
  railNotKnownSchema,
  railPaymentSchema,
  REQUEST_KIND,
  signedPart,
  type RailOrder,
  type RailPayment,
} from '#server/payments/rail-messages.ts';
import type { PaymentData } from '#core/payouts/payouts.events.ts';

/** Longer than a rail needs, and shorter than people wait: after it, the rail is asked. */
export const RAIL_TIMEOUT_MS = 10_000;

export interface HttpRailOptions {
  /** "https://rail.example/v2"; without TLS only on this machine. */
  readonly url: string;
  readonly secret: Uint8Array;
  readonly now: () => number;
  readonly timeoutMs?: number;
}

/**
 * A rail that speaks JSON over HTTP. The instruction's id is the idempotency key; every request is
 * signed. Only an answer that says again what was ordered counts; a refusal of the request itself,
 * a broken line or a fault of the rail leaves open what became of it.
 */
export function createHttpRail(options: HttpRailOptions): SinglePayments {
  const base = baseOf(options.url);
  const ask = asker(base, options);
  return {
    id: 'http-rail',
    batches: false,
    submit: async ({ instruction, payee }) => {
      const order = orderOf({ instruction, payee });
      if (order === null) {
        const { currency } = instruction;
        return { type: 'declined', message: `The amount cannot be paid exactly in ${currency}` };
      }
      const { instructionId: key } = instruction;
      const reply = await ask('POST', '/payments', key, JSON.stringify(order));
      if (reply.type === 'failed') return unknown(reply.message);
      if (reply.status === 409) return frozen('another payment stands under this key');
      if (reply.status !== 200 && reply.status !== 201) return unknown(refused(reply.status));
      const said = answerOf(reply.body, instruction, payee);
      // Money that is back already was on its way: what is left to say of it is for a question.
      return said.type === 'returned' ? unknown(said.message) : said;
    },
    query: async (instruction, payee) => {
      const { instructionId: key } = instruction;
      const reply = await ask('GET', `/payments/${key}`, key, '');
      if (reply.type === 'failed') return unknown(reply.message);
      if (reply.status === 404) return notKnown(reply.body, key);
      if (reply.status !== 200) return unknown(refused(reply.status));
      return answerOf(reply.body, instruction, payee);
    },
    close: () => {},
  };
}

function baseOf(text: string): URL {
  const url = new URL(text.replace(/\/+$/, ''));
  const isHere = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isHere)) return url;
  throw new Error(`the rail's address must begin with https://, was ${url.protocol}//${url.host}`);
}

type Reply =
  | { readonly type: 'answered'; readonly status: number; readonly body: string }
  | { readonly type: 'failed'; readonly message: string };

function asker(
  base: URL,
  { secret, now, timeoutMs = RAIL_TIMEOUT_MS }: HttpRailOptions,
): (method: 'GET' | 'POST', path: string, key: string, body: string) => Promise<Reply> {
  return async (method, path, key, body) => {
    const t = now();
    const whole = `${base.pathname.replace(/\/$/, '')}${path}`;
    const v = macOf(secret, REQUEST_KIND, t, signedPart(method, whole, key, body));
    try {
      const response = await fetch(new URL(whole, base), {
        method,
        headers: {
          'content-type': 'application/json',
          [IDEMPOTENCY_KEY]: key,
          [RAIL_SIGNATURE]: signatureHeader({ t, v }),
        },
        ...(method === 'POST' ? { body } : {}),
        // An answer that sends us elsewhere would send the payee's details elsewhere, too.
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { type: 'answered', status: response.status, body: await limitedText(response) };
    } catch (error) {
      return { type: 'failed', message: `The rail did not answer: ${wordsOf(error)}` };
    }
  };
}

async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > RAIL_MESSAGE_BYTES_MAX) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refused(status: number): string {
  return `The rail answered with status ${status}, which does not tell what became of the payment`;
}

function orderOf({ instruction, payee }: PaymentOrder): RailOrder | null {
  const { amount, currency } = instruction;
  const text = amountText(amount, currency);
  if (!text.ok || amount <= 0) return null;
  const { name, bic = null } = payee;
  return { amount: text.value, currency, payee: { name, account: accountOf(payee), bic } };
}

/** "Not known" counts only when the rail says so of this key: any 404 could be a wrong address. */
function notKnown(body: string, key: string): Queried {
  const parsed = railNotKnownSchema.safeParse(jsonOf(body));
  if (parsed.success && parsed.data.key === key) return { type: 'notKnown' };
  return unknown(refused(404));
}

function answerOf(
  body: string,
  instruction: PaymentData,
  payee: PayeeDetails | null,
): Submitted | Extract<Queried, { type: 'returned' }> {
  const parsed = railPaymentSchema.safeParse(jsonOf(body));
  if (!parsed.success) return unknown('The rail gave an answer that cannot be read');
  const payment = parsed.data;
  const difference = differenceOf(payment, instruction, payee);
  if (difference !== null) return frozen(difference);
  const { state, reference, message } = payment;
  switch (state) {
    case 'accepted':
      return { type: 'sent', reference };
    case 'paid':
      return { type: 'paid', reference };
    case 'declined':
      return { type: 'declined', message: `The rail declined it: ${codeOf(message)}` };
    case 'returned':
      return { type: 'returned', message: `The rail had it back: ${codeOf(message)}` };
  }
}

/** What the rail did that was not ordered; null when it says again exactly what was. */
function differenceOf(
  payment: RailPayment,
  instruction: PaymentData,
  payee: PayeeDetails | null,
): string | null {
  const ordered = amountText(instruction.amount, instruction.currency);
  const isAmount = ordered.ok && payment.amount === ordered.value;
  if (payment.key !== instruction.instructionId) return 'the rail answers for another key';
  if (!isAmount || payment.currency !== instruction.currency) {
    return `the rail says ${payment.amount} ${payment.currency}, which is not what was approved`;
  }
  const said = payment.payee;
  const isSame = payee
    ? said.name === payee.name &&
      said.account === accountOf(payee) &&
      said.bic === (payee.bic ?? null)
    : lastOf(said.account) === instruction.payee.last4;
  return isSame ? null : 'the rail names another payee than was approved';
}

/** A rail's own words may name a payee; what is kept for ever is a code. */
function codeOf(message: string): string {
  return /^[A-Za-z0-9]{1,40}$/.test(message) ? message : 'no code given';
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
