import type { z } from 'zod';
import type { Payout } from '#core/governance/governance.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { Money } from '#core/money/money.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { ServerIntent } from '../commands/server-command.ts';
import { takeBankFile } from '../payments/take-bank-file.ts';
import { supportRoutes } from '../support/routes.ts';
import { READERS_BUSY } from '../payments/bank-file-reader.ts';
import { readAmount } from '../payments/files/currency.ts';
import { refusalOf, refuse, type Answer } from './errors.ts';
import { payoutView } from './payout-view.ts';
import {
  FILE_BODY_BYTES_MAX,
  getRoute,
  postRoute,
  type Call,
  type Route,
  type RoutePorts,
} from './route.ts';
import {
  bankFileSchema,
  evidenceSchema,
  letterSchema,
  payoutRequestSchema,
  payoutSchema,
  takenFileSchema,
  traderCheckedSchema,
  traderCheckSchema,
  withdrawSchema,
} from './schemas.ts';

/** What a client can ask. Who asks, and that nobody changed it on the way, is known by then. */
export const routes: readonly Route[] = [
  postRoute({
    path: '/v1/payout-requests',
    operationId: 'requestPayout',
    summary: 'Asks for a payout of an account. It is assessed at once, and decided by people.',
    body: payoutRequestSchema,
    reply: payoutSchema,
    replyStatus: 201,
    answer: requestPayout,
  }),
  getRoute({
    path: '/v1/payout-requests/{payoutId}',
    operationId: 'getPayout',
    summary: 'Tells where a payout stands.',
    reply: payoutSchema,
    replyStatus: 200,
    answer: (call, ports) => withOwn(call, ports, (payout) => shown(payout.payoutId, 200, ports)),
  }),
  postRoute({
    path: '/v1/payout-requests/{payoutId}/withdraw',
    operationId: 'withdrawPayout',
    summary: 'Takes a request back, as long as nothing is ordered to be paid.',
    body: withdrawSchema,
    reply: payoutSchema,
    replyStatus: 200,
    answer: (call, ports) => withOwn(call, ports, (payout) => withdraw(payout, call, ports)),
  }),
  getRoute({
    path: '/v1/payout-requests/{payoutId}/letter',
    operationId: 'getLetter',
    summary: 'Gives the letter that answers a payout, signed by the firm.',
    reply: letterSchema,
    replyStatus: 200,
    answer: (call, ports) => withOwn(call, ports, (payout) => letter(payout, ports)),
  }),
  getRoute({
    path: '/v1/evidence/{seq}',
    operationId: 'getEvidence',
    summary:
      'Gives the evidence for a verdict, or for the answer to a payout, as a page that its trader ' +
      'can check with propdesk-verify.',
    reply: evidenceSchema,
    replyStatus: 200,
    answer: evidence,
  }),
  postRoute({
    path: '/v1/trader-checks',
    operationId: 'recordTraderCheck',
    summary: 'Records what a check of a trader has found.',
    body: traderCheckSchema,
    reply: traderCheckedSchema,
    replyStatus: 200,
    answer: recordCheck,
  }),
  postRoute({
    path: '/v1/bank-files',
    operationId: 'importBankFile',
    summary: 'Takes a statement, notification or status report of a bank.',
    body: bankFileSchema,
    bytesMax: FILE_BODY_BYTES_MAX,
    reply: takenFileSchema,
    replyStatus: 200,
    answer: takeFile,
  }),
  ...supportRoutes,
];

/** The same request has the same id, whoever computes it: a client knows it before it asks. */
export function payoutIdOf(client: string, idempotencyKey: string): string {
  return `po-${digestOfText(requestKeyOf(client, idempotencyKey)).slice(0, 16)}`;
}

/** What a client called its request: no other client's names can be the same. */
function requestKeyOf(client: string, idempotencyKey: string): string {
  return `${client}/${idempotencyKey}`;
}

async function requestPayout(
  call: Call<z.output<typeof payoutRequestSchema>>,
  ports: RoutePorts,
): Promise<Answer> {
  const { client, idempotencyKey, body } = call;
  const { accountId, currency, payee } = body;
  const account = ports.account(accountId);
  if (!account) return refuse(404, 'notFound', `there is no account ${accountId}`, 'accountId');
  if (account.currency !== currency) {
    const message = `the account is in ${account.currency}: ask for that`;
    return refuse(422, 'otherCurrency', message, 'currency');
  }
  if (!ports.methods.has(payee.method)) {
    const known = [...ports.methods].join(', ');
    return refuse(422, 'noSuchMethod', `choose one that is set up: ${known}`, 'payee.method');
  }
  const requested = body.amount === null ? ok(null) : requestedOf(body.amount, currency);
  if (!requested.ok) return refuse(422, 'invalid', requested.error, 'amount');
  const kept = ports.vault.keep(account.traderId, payee);
  if (!kept.ok) return refuse(422, 'invalid', kept.error.message, `payee.${kept.error.path}`);
  const payoutId = payoutIdOf(client, idempotencyKey);
  const requestKey = requestKeyOf(client, idempotencyKey);
  const other = ports.governance().payout(payoutId);
  if (other && other.request.requestKey !== requestKey) {
    return refuse(409, 'keyUsed', 'choose another key', 'Idempotency-Key');
  }
  const request = {
    payoutId,
    accountId,
    requested: requested.value,
    requestKey,
    payee: kept.value,
  };
  const intent = { type: 'openPayout', request, payeeName: payee.name } as const;
  return (await failureOf(intent, call, ports)) ?? shown(payoutId, 201, ports);
}

function requestedOf(text: string, currency: string): Result<Money, string> {
  const read = readAmount(text, currency);
  if (!read.ok) return read;
  return read.value > 0 ? read : err('ask for more than nothing, or send null for all there is');
}

/** The same request under the same key is the same command: it is carried out once. */
async function failureOf(
  intent: ServerIntent,
  { client, idempotencyKey }: Call<unknown>,
  { command }: RoutePorts,
): Promise<Answer | null> {
  const digest = digestOfText(`${intent.type} ${requestKeyOf(client, idempotencyKey)}`);
  const commandId = `api-${digest.slice(0, 32)}`;
  const result = await command({ commandId, actor: { type: 'client', id: client }, intent });
  return result.type === 'rejected' ? refusalOf(result) : null;
}

function shown(payoutId: string, status: 200 | 201, { governance }: RoutePorts): Answer {
  const payout = governance().payout(payoutId);
  if (!payout) return notFound();
  return { status, body: payoutView(payout, governance()) };
}

/** To a client, another client's payout is one that does not exist. */
function withOwn<Body>(
  { client, id }: Call<Body>,
  { governance }: RoutePorts,
  answer: (payout: Payout) => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  const payout = governance().payout(id);
  const isOwn = payout?.request.requestKey.startsWith(`${client}/`);
  return payout && isOwn ? answer(payout) : notFound();
}

function notFound(): Answer {
  return refuse(404, 'notFound', 'there is no such payout request of yours', 'payoutId');
}

async function withdraw(
  { payoutId }: Payout,
  call: Call<z.output<typeof withdrawSchema>>,
  ports: RoutePorts,
): Promise<Answer> {
  const intent = { type: 'withdrawPayout', payoutId, reason: call.body.reason } as const;
  return (await failureOf(intent, call, ports)) ?? shown(payoutId, 200, ports);
}

async function recordCheck(
  call: Call<z.output<typeof traderCheckSchema>>,
  ports: RoutePorts,
): Promise<Answer> {
  const { traderId } = call.body;
  const failure = await failureOf({ type: 'recordCheck', ...call.body }, call, ports);
  const identity = ports.governance().identityOf(traderId);
  return failure ?? { status: 200, body: { traderId, identity } };
}

async function takeFile(
  { body }: Call<z.output<typeof bankFileSchema>>,
  { governance, command, bankAccounts: accounts }: RoutePorts,
): Promise<Answer> {
  const taken = await takeBankFile({ governance, command, accounts }, body.name, body.content);
  if (taken.ok) return { status: 200, body: taken.value };
  if (taken.error === READERS_BUSY) return refuse(503, 'busy', taken.error);
  return refuse(422, 'invalid', taken.error, 'content');
}

/** Verdicts are the firm's own; of payouts, a client gets those that it asked for. */
async function evidence({ client, id }: Call<null>, ports: RoutePorts): Promise<Answer> {
  const seq = /^[1-9]\d{0,14}$/.test(id) ? Number(id) : 0;
  if (seq === 0) return refuse(404, 'notFound', 'name an entry of the log by its number', 'seq');
  const made = await ports.evidence(seq);
  if (!made.ok) return refuse(409, 'noEvidence', made.error, 'seq');
  const { accountId, payoutId, html } = made.value;
  const payout = payoutId === null ? null : ports.governance().payout(payoutId);
  if (payoutId !== null && payout?.request.requestKey.startsWith(`${client}/`) !== true) {
    return notFound();
  }
  return { status: 200, body: { accountId, seq, html } };
}

function letter({ payoutId, letter: digest }: Payout, { content, letterKey }: RoutePorts): Answer {
  const html = digest === null ? null : content(digest);
  if (digest === null || html === null) {
    return refuse(404, 'noLetter', 'it is written once the payout is paid, refused or expired');
  }
  return { status: 200, body: { payoutId, digest, html, publicKey: letterKey } };
}
