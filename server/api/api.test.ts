import { Buffer } from 'node:buffer';
import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandResult } from '#core/sync/protocol.ts';
import type { ServerCommand } from '../commands/server-command.ts';
import { openPayingFirm, type PayingFirm } from '#server/payments/testing/paying-firm.ts';
import { createLetters } from '../payments/letters.ts';
import { macOf, signatureHeader } from '../payments/message-signature.ts';
import { EVENT_KIND, RAIL_SIGNATURE } from '../payments/rail-messages.ts';
import { RAIL_SECRET } from '../payments/testing/paying-firm.ts';
import { CLIENT_SIGNATURE, createSeenSignatures } from './client-signature.ts';
import { REQUESTS_AT_ONCE } from './rate-limit.ts';
import { payoutIdOf } from './routes.ts';
import { openApiRig, OTHER, type ApiRig, type Asked, type Said } from './testing/api-client.ts';

const MINUTE_MS = 60_000;

let paying: PayingFirm;
let api: ApiRig;
beforeEach(async () => {
  paying = await openPayingFirm();
  paying.rail.tellAt(null);
  api = await openApiRig(paying);
});
afterEach(async () => {
  await api.close();
  await paying.close();
});

const payee = {
  name: 'Tess Trader',
  method: 'testRail',
  account: 'TEST-ACCOUNT-4410',
  region: 'CZ',
};
const asks = { accountId: 'A1', amount: '1250.00', currency: 'USD', payee };
const PATH = '/v1/payout-requests';
const said = ({ status, body }: Said): string => {
  const { error } = body as { error?: { code: string; path?: string } };
  return [status, error?.code, error?.path].filter((part) => part !== undefined).join(' ');
};
const idOf = ({ body }: Said): string => String(body['payoutId']);
const approve = (payoutId: string): void => {
  for (const person of ['cleo', 'dario'])
    paying.firm.as(person, paying.firm.desk(person).decide(payoutId, 'approve'));
};
const payouts = (): string[] => [...paying.governance.payouts()].map(({ payoutId }) => payoutId);

describe('a payout request', () => {
  it('opens a payout that people decide, and shows no name or account', async () => {
    const made = await api.post(PATH, asks, { key: 'order-00001' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      payoutId: payoutIdOf('site', 'order-00001'),
      accountId: 'A1',
      state: 'open',
      requested: '1250.00',
      amount: '1000.00',
      currency: 'USD',
      payee: { method: 'testRail', last4: '4410' },
      payment: null,
      closedAt: null,
      hasLetter: false,
    });
    expect(idOf(made)).toMatch(/^po-[0-9a-f]{16}$/);
    expect(JSON.stringify(made.body)).not.toMatch(/Tess|TEST-ACCOUNT/);
    const [fact] = paying.firm.store
      .stream(0, 'firm')
      .filter(({ kind }) => kind === 'payoutRequested');
    expect(fact?.envelope.actor).toEqual({ type: 'client', id: 'site' });
    expect(JSON.stringify(fact)).not.toMatch(/Tess|TEST-ACCOUNT/);
  });

  it('is paid, and tells so', async () => {
    const payoutId = idOf(await api.post(PATH, { ...asks, amount: null }));
    const state = async () => (await api.get(`${PATH}/${payoutId}`)).body['state'];
    expect(await state()).toBe('open');
    approve(payoutId);
    expect(await state()).toBe('approved');
    await paying.pass(0);
    expect(await state()).toBe('paid');
    const { payment } = (await api.get(`${PATH}/${payoutId}`)).body;
    expect(payment).toMatchObject({ reference: expect.stringMatching(/^PD[0-9A-F]{30}$/) });
  });

  it('is taken back, until it is decided', async () => {
    const payoutId = idOf(await api.post(PATH, asks));
    const back = await api.post(`${PATH}/${payoutId}/withdraw`, { reason: 'a mistake' });
    expect([back.status, back.body['state']]).toEqual([200, 'withdrawn']);
    const again = await api.post(`${PATH}/${payoutId}/withdraw`, { reason: 'a mistake' });
    expect(said(again)).toBe('422 invalid');
  });

  it('belongs to the client that made it: to others it does not exist', async () => {
    const payoutId = idOf(await api.post(PATH, asks));
    expect(said(await api.get(`${PATH}/${payoutId}`, OTHER))).toBe('404 notFound payoutId');
    expect(said(await api.get(`${PATH}/${payoutId}/letter`, OTHER))).toBe('404 notFound payoutId');
    const back = await api.post(`${PATH}/${payoutId}/withdraw`, { reason: 'not mine' }, OTHER);
    expect(said(back)).toBe('404 notFound payoutId');
    expect(paying.governance.proposal(payoutId)?.closed).toBeNull();
  });

  it.each([
    ['an account that is not there', { accountId: 'A99' }, '404 notFound accountId'],
    ['another currency', { currency: 'EUR' }, '422 otherCurrency currency'],
    ['more decimals than the currency has', { amount: '1.005' }, '422 invalid amount'],
    ['nothing', { amount: '0.00' }, '422 invalid amount'],
    ['a number in place of a text', { amount: 1250 }, '400 invalid amount'],
    ['an amount with separators', { amount: '1,250.00' }, '400 invalid amount'],
    ['a sign', { amount: '-1.00' }, '400 invalid amount'],
    ['an exponent', { amount: '1e3' }, '400 invalid amount'],
    ['a leading zero', { amount: '01.00' }, '400 invalid amount'],
    ['no amount at all', { amount: undefined }, '400 invalid amount'],
    [
      'a method that is not set up',
      { payee: { ...payee, method: 'csvExport' } },
      '422 noSuchMethod payee.method',
    ],
    ['a hidden character', { payee: { ...payee, name: 'Tess\u202E' } }, '422 invalid payee.name'],
    [
      'a wrong IBAN',
      { payee: { ...payee, account: undefined, iban: 'CZ00' } },
      '422 invalid payee.iban',
    ],
  ])('is refused with %s', async (_what, change, says) => {
    expect(said(await api.post(PATH, { ...asks, ...change }))).toBe(says);
    expect(payouts()).toEqual([]);
  });

  it('is refused while another one of the account is open', async () => {
    await api.post(PATH, asks);
    const second = await api.post(PATH, asks);
    expect(said(second)).toBe('409 conflict');
    expect((second.body['error'] as { message: string }).message).toContain('is not decided yet');
  });
});

describe('what is sent beside what is known', () => {
  it.each([
    ['who it is for', { traderId: 'T2' }, 'traderId'],
    ['its state', { state: 'approved' }, 'state'],
    ['its approvals', { approved: { by: ['cleo', 'dario'] } }, 'approved'],
    ['its own id', { payoutId: 'po-1' }, 'payoutId'],
    ['a field of the payee', { payee: { ...payee, digest: '0'.repeat(64) } }, 'payee.digest'],
    ['a constructor', { constructor: { prototype: { admin: true } } }, 'constructor'],
  ])('is refused by its name: %s', async (_what, change, path) => {
    const answer = await api.post(PATH, { ...asks, ...change });
    expect(said(answer)).toBe(`400 unknownField ${path}`);
    expect(payouts()).toEqual([]);
  });

  it('pollutes no prototype', async () => {
    const text = JSON.stringify(asks).replace('{', '{"__proto__":{"admin":true},');
    const answer = await api.post(PATH, text);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    expect(payouts()).toEqual([]);
  });
});

describe('the signature of a request', () => {
  const now = (): number => paying.firm.clock;
  it.each<[string, Asked | (() => Asked)]>([
    ['no client', { headers: { [CLIENT_SIGNATURE]: '' } }],
    ['an unknown client', { client: 'stranger' }],
    ['a client whose name is an object’s own', { client: 'constructor' }],
    ['another client’s secret', { secret: OTHER.secret ?? new Uint8Array() }],
    ['another body', { sent: JSON.stringify({ ...asks, amount: '9999.00' }) }],
    ['the same body written otherwise', { sent: JSON.stringify(asks, null, 1) }],
    ['another path', { path: '/v1/trader-checks' }],
    ['another key', { headers: { 'idempotency-key': 'another-key' } }],
    ['the time of minutes ago', () => ({ t: now() - 5 * MINUTE_MS - 1 })],
    ['the time of minutes to come', () => ({ t: now() + 5 * MINUTE_MS + 1 })],
    ['a time that is none', { t: -1 }],
    ['a time that is no number', { t: Number.NaN }],
    ['two of everything', { headers: { [CLIENT_SIGNATURE]: 'client=site,client=site,t=1,v=1' } }],
  ])('is refused with %s', async (_what, given) => {
    const asked = typeof given === 'function' ? given() : given;
    expect(said(await api.post(PATH, asks, asked))).toBe('401 notSigned');
    expect(payouts()).toEqual([]);
  });

  it('is asked of every path that is not public', async () => {
    for (const path of [`${PATH}/po-1`, `${PATH}/po-1/letter`]) {
      expect(said(await api.raw(path, {}))).toBe('401 notSigned');
    }
    for (const path of [PATH, `${PATH}/po-1/withdraw`, '/v1/trader-checks', '/v1/bank-files']) {
      const headers = { 'content-type': 'application/json', 'idempotency-key': 'key-00000001' };
      const init = { method: 'POST', headers, body: JSON.stringify(asks) };
      expect([path, said(await api.raw(path, init))]).toEqual([path, '401 notSigned']);
    }
  });

  it('counts once: a copied request is refused', async () => {
    const t = now();
    const asked: Asked = { t, key: 'order-00001' };
    expect((await api.post(PATH, asks, asked)).status).toBe(201);
    expect(said(await api.post(PATH, asks, asked))).toBe('401 replayed');
    expect((await api.get(`${PATH}/${payouts()[0]}`, { t })).status).toBe(200);
    expect(said(await api.get(`${PATH}/${payouts()[0]}`, { t }))).toBe('401 replayed');
  });

  it('is remembered as long as it would be fresh, and not for ever', () => {
    const seen = createSeenSignatures(3);
    expect([seen.use('a', 0), seen.use('a', 10 * MINUTE_MS)]).toEqual([true, false]);
    expect([seen.use('b', 1), seen.use('c', 2), seen.use('d', 3)]).toEqual([true, true, false]);
    expect(seen.use('d', 10 * MINUTE_MS + 1)).toBe(true);
  });
});

describe('an idempotency key', () => {
  it('gives the same answer to the same request, also after a restart', async () => {
    const key = 'order-00001';
    const first = await api.post(PATH, asks, { key });
    approve(idOf(first));
    paying.restart();
    const second = await api.post(PATH, asks, { key });
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    expect(payouts()).toHaveLength(1);
  });

  it('is refused for another request', async () => {
    const key = 'order-00001';
    await api.post(PATH, asks, { key });
    for (const other of [
      await api.post(PATH, { ...asks, amount: '1250.01' }, { key }),
      await api.post(
        '/v1/trader-checks',
        { traderId: 'T1', check: 'identity', result: 'failed' },
        { key },
      ),
    ]) {
      expect(said(other)).toBe('409 keyUsed Idempotency-Key');
    }
    expect(paying.governance.identityOf('T1')).toBe('passed');
  });

  it('is the client’s own', async () => {
    const key = 'order-00001';
    const one = await api.post(PATH, asks, { key });
    const other = await api.post(PATH, { ...asks, accountId: 'A2' }, { key, ...OTHER });
    expect([one.status, other.status]).toEqual([201, 201]);
    expect(idOf(one)).not.toBe(idOf(other));
    expect(payoutIdOf('site', '1-abcdefgh')).not.toBe(payoutIdOf('site1', '-abcdefgh'));
  });

  it('makes one payout of requests that arrive together', async () => {
    const key = 'order-00001';
    const answers = await Promise.all([1, 2, 3, 4].map(() => api.post(PATH, asks, { key })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(payouts()).toHaveLength(1);
  });

  it('is answered together with the same request that is under way', async () => {
    const key = 'order-00001';
    let commands = 0;
    const slow = async (command: ServerCommand): Promise<CommandResult> => {
      commands += 1;
      await new Promise((done) => setTimeout(done, 300));
      return paying.command(command);
    };
    Object.assign(api.ports, { command: slow });
    const answers = await Promise.all([1, 2, 3].map(() => api.post(PATH, asks, { key })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(commands).toBe(1);
  });

  it('makes one payout when the server stopped before it could answer', async () => {
    const key = 'order-00001';
    const { answered } = api.requests;
    api.requests.answered = () => {
      throw new Error('the process died');
    };
    expect(said(await api.post(PATH, asks, { key }))).toBe('500 failed');
    api.requests.answered = answered;
    expect((await api.post(PATH, asks, { key })).status).toBe(201);
    expect(payouts()).toHaveLength(1);
  });

  it('is not spent on what could not be read', async () => {
    const key = 'order-00001';
    expect(said(await api.post(PATH, { ...asks, amount: 'x' }, { key }))).toBe(
      '400 invalid amount',
    );
    expect((await api.post(PATH, asks, { key })).status).toBe(201);
  });

  it.each(['', 'short', 'x'.repeat(81), 'with blank', 'with/slash'])(
    'is refused as "%s"',
    async (key) => {
      expect(said(await api.post(PATH, asks, { key }))).toBe('400 noKey Idempotency-Key');
    },
  );
});

describe('the shape of a request', () => {
  it.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['application/json; charset=utf-16'],
    ['application/xml'],
  ])('is refused as %s', async (type) => {
    const answer = await api.post(PATH, asks, { headers: { 'content-type': type } });
    expect(said(answer)).toBe('415 otherType Content-Type');
  });

  it('is taken with its charset', async () => {
    const headers = { 'content-type': 'application/json; charset=UTF-8' };
    expect((await api.post(PATH, asks, { headers })).status).toBe(201);
  });

  it.each([
    ['no JSON', '{"accountId":'],
    ['two values', '{}{}'],
    ['nothing', ''],
  ])('is refused as %s', async (_what, text) => {
    expect(said(await api.post(PATH, text))).toBe('400 invalid');
  });

  it.each([
    ['a list', '[]'],
    ['a word', '"payout"'],
    ['null', 'null'],
  ])('is refused as %s', async (_what, text) => {
    expect(said(await api.post(PATH, text))).toBe('400 invalid ');
  });

  it('is refused when it is too large, by its length or by what it sends', async () => {
    const body = JSON.stringify({ ...asks, note: 'x'.repeat(256 * 1024) });
    expect(said(await api.post(PATH, body))).toBe('413 tooLarge');
    const { status } = await chunked(api.url, body);
    expect(status).toBe(413);
    expect(payouts()).toEqual([]);
  });

  it('of a bank file may be larger', async () => {
    const body = { name: 'large.xml', content: ' '.repeat(1024 * 1024) };
    expect(said(await api.post('/v1/bank-files', body))).toBe('422 invalid content');
  });

  it.each([
    ['DELETE', PATH, '405 otherMethod'],
    ['GET', PATH, '405 otherMethod'],
    ['GET', '/v1/webhooks/rail', '405 otherMethod'],
    ['POST', '/openapi.json', '405 otherMethod'],
    ['GET', '/v1/nothing', '404 noSuchPath'],
    ['GET', '/v1/', '404 noSuchPath'],
    ['GET', `${PATH}/po%2F1`, '404 noSuchPath'],
    ['GET', `${PATH}/po-1?all=true`, '400 invalid'],
  ])('is refused as %s %s', async (method, path, says) => {
    expect(said(await api.raw(path, { method }))).toBe(says);
  });

  it('leaves other paths to others', async () => {
    for (const path of ['/', '/metrics', '/v10/payout-requests', '/openapi.jsonx']) {
      await api.raw(path, {});
    }
    expect(api.left).toBe(4);
  });
});

/** Sends without a length, as long as the other side takes it. */
function chunked(url: string, body: string): Promise<{ readonly status: number }> {
  return new Promise((done) => {
    const { clock } = paying.firm;
    const sending = httpRequest(`${url}${PATH}`, {
      method: 'POST',
      headers: { [CLIENT_SIGNATURE]: `client=site,t=${clock},v=00` },
    });
    sending.on('response', (response) => {
      response.resume();
      done({ status: response.statusCode ?? 0 });
    });
    sending.on('error', () => done({ status: 0 }));
    for (let at = 0; at < body.length; at += 64 * 1024) {
      sending.write(body.slice(at, at + 64 * 1024));
    }
    sending.end();
  });
}

describe('a client that asks too often', () => {
  it('waits, and others do not', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < REQUESTS_AT_ONCE + 5; count += 1) {
      statuses.push((await api.get(`${PATH}/po-1`)).status);
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    const limited = await api.get(`${PATH}/po-1`);
    expect([said(limited), limited.headers.get('retry-after')]).toEqual(['429 tooMany', '1']);
    expect((await api.get(`${PATH}/po-1`, OTHER)).status).toBe(404);
    paying.firm.clock += 1_000;
    expect((await api.get(`${PATH}/po-1`)).status).toBe(404);
  });

  it('cannot be made to wait by who does not know its secret', async () => {
    for (let count = 0; count < REQUESTS_AT_ONCE + 5; count += 1) {
      await api.get(`${PATH}/po-1`, { secret: Buffer.alloc(32, 9) });
    }
    expect((await api.get(`${PATH}/po-1`)).status).toBe(404);
  });
});

describe('the other routes', () => {
  it('record what a check has found', async () => {
    const check = { traderId: 'T1', check: 'identity', result: 'failed' };
    const answer = await api.post('/v1/trader-checks', check);
    expect([answer.status, answer.body]).toEqual([200, { traderId: 'T1', identity: 'failed' }]);
    const odd = await api.post('/v1/trader-checks', { ...check, result: 'sure' });
    expect(said(odd)).toBe('400 invalid result');
  });

  it('take a bank file, which matches what was paid', async () => {
    const payoutId = idOf(await api.post(PATH, asks));
    approve(payoutId);
    await paying.pass(0);
    const file = { name: 'rail.xml', content: paying.rail.camt() };
    const answer = await api.post('/v1/bank-files', file);
    expect(answer.body).toMatchObject({ entries: 1, known: 0, problems: [] });
    expect(paying.governance.payout(payoutId)?.entries).toHaveLength(1);
    const again = await api.post('/v1/bank-files', file);
    expect(again.body).toMatchObject({ entries: 0, known: 1 });
    const odd = await api.post('/v1/bank-files', { name: 'odd.xml', content: '<x/>' });
    expect(said(odd)).toBe('422 invalid content');
  });

  it('give the letter once there is one', async () => {
    const payoutId = idOf(await api.post(PATH, asks));
    expect(said(await api.get(`${PATH}/${payoutId}/letter`))).toBe('404 noLetter');
    approve(payoutId);
    await paying.pass(0);
    const silent = () => {};
    await createLetters({
      governance: () => paying.governance,
      command: paying.command,
      content: (digest) => paying.firm.store.content(digest),
      sign: () => 'A'.repeat(86) + '==',
      firmName: 'Example Props',
      logOrigin: 'propdesk/test',
      disputeText: '',
      log: { info: silent, warn: silent, error: silent },
    }).issue();
    const { status, body } = await api.get(`${PATH}/${payoutId}/letter`);
    expect([status, body['payoutId'], body['publicKey']]).toEqual([
      200,
      payoutId,
      'the key of letters',
    ]);
    expect(body['html']).toContain('Your payout has been paid');
    expect((await api.get(`${PATH}/${payoutId}`)).body['hasLetter']).toBe(true);
  });

  it('hear events of the rail, signed by the rail and by nobody else', async () => {
    const late = { ...payee, account: 'TEST-ACCOUNT-0005' };
    const payoutId = idOf(await api.post(PATH, { ...asks, payee: late }));
    approve(payoutId);
    await paying.pass(0);
    paying.rail.settle();
    const key = paying.governance.payout(payoutId)?.payment?.instructionId;
    const body = JSON.stringify({ eventId: 'event-0001', key });
    const send = async (signature: string) =>
      api.raw('/v1/webhooks/rail', {
        method: 'POST',
        body,
        headers: { [RAIL_SIGNATURE]: signature },
      });
    const t = paying.firm.clock;
    const v = macOf(RAIL_SECRET, EVENT_KIND, t, Buffer.from(body));
    expect(said(await send(signatureHeader({ t, v: `00${v.slice(2)}` })))).toBe('401 notSigned');
    expect((await send(signatureHeader({ t, v }))).body).toEqual({ received: 'taken' });
    expect((await send(signatureHeader({ t, v }))).body).toEqual({ received: 'known' });
    expect(paying.state(payoutId)).toBe('paid');
  });

  it('are sent by the rail itself to where it was told', async () => {
    paying.rail.tellAt(`${api.url}/v1/webhooks/rail`);
    const silent = { ...payee, account: 'TEST-ACCOUNT-0002' };
    const payoutId = idOf(await api.post(PATH, { ...asks, payee: silent }));
    approve(payoutId);
    await paying.pass(0);
    await paying.rail.idle();
    expect(paying.state(payoutId)).toBe('paid');
  });
});

describe('every answer', () => {
  it('is JSON that nobody keeps or takes for something else', async () => {
    for (const { headers } of [await api.post(PATH, asks), await api.get('/v1/nothing')]) {
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});
