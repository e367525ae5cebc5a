import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MONEY_DECIMALS, parseDecimal } from '#core/money/money.ts';
import { amountText } from '../files/currency.ts';
import { isFresh, isSameText, macOf, readSignatureHeader } from '../message-signature.ts';
import {
  IDEMPOTENCY_KEY,
  RAIL_MESSAGE_BYTES_MAX,
  RAIL_SIGNATURE,
  railOrderSchema,
  REQUEST_KIND,
  signedPart,
  type RailOrder,
  type RailPayment,
} from '../rail-messages.ts';
import { openRailBook, type BookedPayment, type RailBook } from './rail-book.ts';
import { railCamt } from './rail-camt.ts';
import { createRailEvents, type RailEvents } from './rail-events.ts';
import { MODE_OF_LAST4, type RailMode } from './rail-modes.ts';

const DECLINE_CODE = 'AC04';
/** How long a payment that is answered late stays accepted. */
const LATE_MS = 5_000;
const SILENT_MS = 60_000;
const ONE_UNIT = 10_000;

export interface TestRailOptions {
  readonly secret: Uint8Array;
  readonly now: () => number;
  /** Keeps what was paid beyond this process; in memory when it is left out. */
  readonly file?: string;
  /** Infinity: until `settle` is called. */
  readonly lateMs?: number;
  /** How long a line stays open on which no answer comes. */
  readonly silentMs?: number;
  readonly resendFirstMs?: number;
}

/** A payment rail on this machine where no money moves, which can do all that real ones do to one. */
export interface TestRail {
  readonly url: string;
  /** Where it tells of what has happened. */
  tellAt(webhookUrl: string | null): void;
  /** How payments to accounts that end so are treated from now on. */
  script(last4: string, mode: RailMode): void;
  /** Pays what is still only accepted. */
  settle(): void;
  /** Sends a paid payment back. */
  sendBack(key: string): void;
  payments(): readonly BookedPayment[];
  /** A bank's notification of what was paid: camt.054. */
  camt(): string;
  /** Ends when no event is on its way any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

interface Rail {
  readonly options: TestRailOptions;
  readonly book: RailBook;
  readonly events: RailEvents;
  readonly modes: Map<string, RailMode>;
  readonly timers: Set<NodeJS.Timeout>;
  webhookUrl: string | null;
}

/** Listens on 127.0.0.1 alone. */
export async function startTestRail(options: TestRailOptions): Promise<TestRail> {
  const rail = railOf(options);
  const server = createServer((request, response) => {
    answer(request, response, rail).catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    tellAt: (webhookUrl) => (rail.webhookUrl = webhookUrl),
    script: (last4, mode) => void rail.modes.set(last4, mode),
    settle: () => {
      for (const { payment } of rail.book.all())
        if (payment.state === 'accepted') change(payment.key, 'paid', rail);
    },
    sendBack: (key) => change(key, 'returned', rail),
    payments: () => rail.book.all(),
    camt: () => railCamt(rail.book.all(), options.now()),
    idle: () => rail.events.idle(),
    close: async () => {
      for (const timer of rail.timers) clearTimeout(timer);
      rail.events.close();
      await rail.events.idle();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rail.book.close();
    },
  };
}

function railOf(options: TestRailOptions): Rail {
  const { secret, now, resendFirstMs } = options;
  const rail: Rail = {
    options,
    book: openRailBook(options.file ?? ':memory:'),
    events: createRailEvents({
      url: () => rail.webhookUrl,
      secret,
      now,
      ...(resendFirstMs === undefined ? {} : { resendFirstMs }),
    }),
    modes: new Map(MODE_OF_LAST4),
    timers: new Set(),
    webhookUrl: null,
  };
  return rail;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  rail: Rail,
): Promise<void> {
  const { method = '', url = '' } = request;
  const body = await bodyOf(request);
  const key = headerOf(request, IDEMPOTENCY_KEY);
  const send = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  if (body === null) return send(413, { error: 'tooLarge' });
  if (!isSigned(request, key, body, rail)) return send(401, { error: 'notSigned' });
  if (method === 'GET' && url === '/camt') {
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end(railCamt(rail.book.all(), rail.options.now()));
    return;
  }
  if (method === 'GET' && url === `/payments/${key}`) {
    const payment = rail.book.find(key);
    return payment ? send(200, payment) : send(404, { error: 'notKnown', key });
  }
  if (method !== 'POST' || url !== '/payments') return send(404, { error: 'noSuchPath' });
  const order = railOrderSchema.safeParse(jsonOf(body));
  if (!order.success) return send(400, { error: 'invalid' });
  const known = rail.book.known(key, order.data);
  if (known === 'differs') return send(409, { error: 'keyUsed' });
  const mode = modeOf(order.data, rail);
  const payment = known ?? take(key, order.data, mode, rail);
  if (mode === 'timesOutAfterWork') {
    return after(rail.options.silentMs ?? SILENT_MS, rail, () => response.destroy());
  }
  send(known ? 200 : 201, payment);
}

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > RAIL_MESSAGE_BYTES_MAX) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function headerOf({ headers }: IncomingMessage, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function isSigned(request: IncomingMessage, key: string, body: string, rail: Rail): boolean {
  const { method = '', url = '' } = request;
  const header = readSignatureHeader(headerOf(request, RAIL_SIGNATURE));
  const { secret, now } = rail.options;
  if (!header || !isFresh(header.t, now())) return false;
  const wanted = macOf(secret, REQUEST_KIND, header.t, signedPart(method, url, key, body));
  return isSameText(header.v, wanted);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function modeOf({ payee }: RailOrder, { modes }: Rail): RailMode {
  return modes.get(payee.account.slice(-4)) ?? 'works';
}

/** Does what was ordered, once for each key, as its mode asks; then tells of it. */
function take(key: string, order: RailOrder, mode: RailMode, rail: Rail): RailPayment {
  const payment: RailPayment = {
    key,
    reference: `rail-${randomUUID()}`,
    state: mode === 'declines' ? 'declined' : mode === 'answersLate' ? 'accepted' : 'paid',
    message: mode === 'declines' ? DECLINE_CODE : '',
    ...altered(order, mode),
  };
  rail.book.put(payment, order, rail.options.now());
  if (mode === 'answersLate') payLater(key, rail);
  else rail.events.send(key, mode === 'answersTwice' ? 2 : 1);
  return payment;
}

function altered(order: RailOrder, mode: RailMode): RailOrder {
  const { amount, currency, payee } = order;
  if (mode === 'echoesAnotherPayee') {
    return { ...order, payee: { ...payee, account: `${payee.account.slice(0, -4)}9999` } };
  }
  if (mode !== 'echoesAnotherAmount') return order;
  const read = parseDecimal(amount, MONEY_DECIMALS);
  const more = amountText((read.ok ? read.value : 0) + ONE_UNIT, currency);
  return { ...order, amount: more.ok ? more.value : amount };
}

function payLater(key: string, rail: Rail): void {
  const { lateMs = LATE_MS } = rail.options;
  if (lateMs === Infinity) return;
  after(lateMs, rail, () => {
    if (rail.book.find(key)?.state === 'accepted') change(key, 'paid', rail);
  });
}

function after(ms: number, { timers }: Rail, work: () => void): void {
  const timer = setTimeout(() => {
    timers.delete(timer);
    work();
  }, ms);
  timers.add(timer);
}

function change(key: string, state: RailPayment['state'], rail: Rail): void {
  rail.book.change(key, state, rail.options.now());
  rail.events.send(key, 1);
}
