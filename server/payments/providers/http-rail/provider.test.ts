import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { describePaymentProvider } from '#server/payments/payment-provider.contract.ts';
import { startTestRail } from '#server/payments/test-rail/test-rail.ts';
import { orderOf } from '#server/payments/testing/orders.ts';
import { createHttpRail } from './provider.ts';

const secret = Buffer.alloc(32, 7);
const now = (): number => Date.UTC(2026, 0, 20, 12);

describePaymentProvider('http-rail', async () => {
  const rail = await startTestRail({ secret, now });
  const provider = createHttpRail({ url: rail.url, secret, now });
  let broken = false;
  return {
    provider,
    paid: (key) =>
      Promise.resolve(rail.payments().filter(({ payment }) => payment.key === key).length),
    breakDown: async () => {
      broken = true;
      await rail.close();
    },
    close: async () => {
      if (!broken) await rail.close();
    },
  };
});

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

/** A rail that gives one answer to everything. */
function railThatSays(status: number, body: string): Promise<string> {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(status).end(body);
  });
  return listening(server);
}

async function listening(one: Server): Promise<string> {
  await new Promise<void>((done) => one.listen(0, '127.0.0.1', () => done()));
  return `http://127.0.0.1:${(one.address() as AddressInfo).port}`;
}

const order = orderOf('one');
const { instructionId: key } = order.instruction;
const right = {
  key,
  reference: 'rail-1',
  state: 'paid',
  message: '',
  amount: '4000.00',
  currency: 'USD',
  payee: { name: 'Tess Trader', account: 'CZ6508000000192000145399', bic: 'GIBACZPX' },
};

describe('the HTTP rail', () => {
  it.each([
    ['a fault of the rail', 500, JSON.stringify(right)],
    ['a full rail', 503, ''],
    ['a refused signature', 401, ''],
    ['a refusal of the request', 422, '{"error":"invalid"}'],
    ['an address that leads nowhere', 404, 'not found'],
    ['"not known" of another key', 404, '{"error":"notKnown","key":"PD000000000"}'],
    ['an answer that is no JSON', 200, '<html>'],
    ['an answer with more than is understood', 200, JSON.stringify({ ...right, fee: '1.00' })],
    ['an answer without an end', 200, 'x'.repeat(70_000)],
  ])('does not know after %s', async (_what, status, body) => {
    const url = await railThatSays(status, body);
    const provider = createHttpRail({ url, secret, now });
    const open = { type: 'unknown', freeze: false };
    expect(await provider.submit(order)).toMatchObject(open);
    expect(await provider.query(order.instruction, order.payee)).toMatchObject(open);
  });

  it.each([
    ['amount', { amount: '4000.01' }],
    ['amount, written otherwise', { amount: '4000' }],
    ['currency', { currency: 'EUR' }],
    ['key', { key: 'PD0000000001' }],
    ['name', { payee: { ...right.payee, name: 'Tess Trader2' } }],
    ['account', { payee: { ...right.payee, account: 'CZ6508000000192000145388' } }],
    ['account with the same ending', { payee: { ...right.payee, account: 'XX5399' } }],
    ['BIC', { payee: { ...right.payee, bic: 'KOMBCZPP' } }],
  ])('freezes when the rail echoes another %s', async (_what, change) => {
    const url = await railThatSays(200, JSON.stringify({ ...right, ...change }));
    const provider = createHttpRail({ url, secret, now });
    for (const said of [
      await provider.submit(order),
      await provider.query(order.instruction, order.payee),
    ]) {
      expect(said).toMatchObject({ type: 'unknown', freeze: true });
    }
  });

  it('waits no longer than it says for an answer', async () => {
    server = createServer((request) => void request.resume());
    const url = await listening(server);
    const provider = createHttpRail({ url, secret, now, timeoutMs: 50 });
    expect(await provider.submit(order)).toMatchObject({ type: 'unknown', freeze: false });
  });

  it('goes nowhere else with what it was given', async () => {
    const asked: string[] = [];
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      request.resume();
      if (request.url === '/elsewhere') response.writeHead(200).end(JSON.stringify(right));
      else response.writeHead(307, { location: '/elsewhere' }).end();
    });
    const url = await listening(server);
    const said = await createHttpRail({ url, secret, now }).submit(order);
    expect(said).toMatchObject({ type: 'unknown', freeze: false });
    expect(asked).toEqual(['/payments']);
  });

  it('tells of a refusal with the rail’s code alone', async () => {
    const declined = { ...right, state: 'declined', message: 'Tess Trader is not welcome' };
    const url = await railThatSays(200, JSON.stringify(declined));
    const said = await createHttpRail({ url, secret, now }).submit(order);
    expect(said).toEqual({ type: 'declined', message: 'The rail declined it: no code given' });
  });

  it.each(['http://rail.example', 'ftp://127.0.0.1', 'http://127.0.0.1.rail.example'])(
    'is not set up at %s',
    (url) => {
      expect(() => createHttpRail({ url, secret, now })).toThrow('must begin with https://');
    },
  );

  it('is refused by a rail with another secret, and then does not know', async () => {
    const rail = await startTestRail({ secret, now });
    const provider = createHttpRail({ url: rail.url, secret: Buffer.alloc(32, 8), now });
    expect(await provider.submit(order)).toMatchObject({ type: 'unknown', freeze: false });
    expect(rail.payments()).toEqual([]);
    await rail.close();
  });
});
