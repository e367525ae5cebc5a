import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { macOf, signatureHeader } from './message-signature.ts';
import { EVENT_KIND, REQUEST_KIND } from './rail-messages.ts';
import { openPayingFirm, RAIL_SECRET, type PayingFirm } from './testing/paying-firm.ts';

const MINUTE_MS = 60_000;

let paying: PayingFirm;
let payoutId: string;
let key: string;
beforeEach(async () => {
  paying = await openPayingFirm();
  paying.rail.tellAt(null);
  payoutId = paying.approved('A1', { account: 'TEST-ACCOUNT-0005' });
  await paying.pass(0);
  key = paying.governance.payout(payoutId)?.payment?.instructionId ?? '';
  paying.rail.settle();
});
afterEach(() => paying.close());

const body = (over: object = {}): string => JSON.stringify({ eventId: 'event-0001', key, ...over });
const sign = (raw: string, t = paying.firm.clock, secret = RAIL_SECRET, kind = EVENT_KIND) =>
  signatureHeader({ t, v: macOf(secret, kind, t, Buffer.from(raw)) });
const send = async (raw: string, signature: string | undefined = sign(raw)): Promise<string> => {
  const { status, code } = await paying.webhooks.receive(Buffer.from(raw), signature);
  return `${status} ${code}`;
};
const reports = () => paying.governance.payout(payoutId)?.reports.map(({ state }) => state);

describe('an event of a rail', () => {
  it('leads to the truth, which the rail is asked for', async () => {
    expect(await send(body())).toBe('200 taken');
    expect(paying.state(payoutId)).toBe('paid');
    const [, report] = paying.governance.payout(payoutId)?.reports ?? [];
    expect(report?.reportId).toBe(`${key}-event-event-0001`);
  });

  it('counts once, for ever', async () => {
    await send(body());
    expect(await send(body())).toBe('200 known');
    paying.restart();
    paying.firm.clock += 365 * 24 * 60 * MINUTE_MS;
    expect(await send(body())).toBe('200 known');
    expect(reports()).toEqual(['sent', 'paid']);
  });

  it('counts once when it arrives twice at the same time', async () => {
    const said = await Promise.all([send(body()), send(body())]);
    expect(said.toSorted()).toEqual(['200 noNews', '200 taken']);
    expect(reports()).toEqual(['sent', 'paid']);
  });

  it('tells nothing new under another id', async () => {
    await send(body());
    expect(await send(body({ eventId: 'event-0002' }))).toBe('200 noNews');
    expect(reports()).toEqual(['sent', 'paid']);
  });

  it('never says itself what became of a payment', async () => {
    const other = paying.approved('A2', { account: 'TEST-ACCOUNT-0005' });
    await paying.pass(0);
    const instructionId = paying.governance.payout(other)?.payment?.instructionId;
    expect(await send(body({ key: instructionId }))).toBe('200 noNews');
    expect(paying.state(other)).toBe('sent');
    expect(await send(body({ key: instructionId, state: 'paid' }))).toBe('400 invalid');
  });

  it.each([
    ['without a signature', () => [body(), ''] as const],
    ['with half a signature', () => [body(), sign(body()).slice(0, -2)] as const],
    ['with two signatures', () => [body(), `${sign(body())},${sign(body())}`] as const],
    [
      'signed with another secret',
      () => [body(), sign(body(), paying.firm.clock, Buffer.alloc(32, 9))] as const,
    ],
    ['changed after it was signed', () => [body({ eventId: 'event-0009' }), sign(body())] as const],
    ['written again with other blanks', () => [`${body()} `, sign(body())] as const],
    [
      'dated anew',
      () => {
        const t = paying.firm.clock;
        return [body(), sign(body(), t - 1).replace(`t=${t - 1}`, `t=${t}`)] as const;
      },
    ],
    [
      'signed as a request',
      () => [body(), sign(body(), paying.firm.clock, RAIL_SECRET, REQUEST_KIND)] as const,
    ],
  ])('is refused %s', async (_what, make) => {
    const [raw, signature] = make();
    expect(await send(raw, signature)).toBe('401 notSigned');
    expect(reports()).toEqual(['sent']);
  });

  it('is refused when it is older or newer than minutes', async () => {
    const t = paying.firm.clock;
    for (const other of [t - 5 * MINUTE_MS - 1, t + 5 * MINUTE_MS + 1]) {
      expect(await send(body(), sign(body(), other))).toBe('401 stale');
    }
    for (const other of [t - 5 * MINUTE_MS, t + 5 * MINUTE_MS]) {
      const raw = body({ eventId: `event-${other}` });
      expect(await send(raw, sign(raw, other))).toMatch(/^200/);
    }
  });

  it.each([
    ['no JSON', 'paid!'],
    ['no UTF-8', Buffer.from([0xff, 0xfe]).toString('latin1')],
    ['no event', '{"hello":1}'],
    ['a key of nobody’s form', '{"eventId":"event-0001","key":"../../x"}'],
  ])('is refused when it is %s', async (_what, raw) => {
    expect(await send(raw)).toBe('400 invalid');
  });

  it('is not taken of a payment that nobody ordered', async () => {
    expect(await send(body({ key: 'PD00000000' }))).toBe('404 notFound');
  });

  it('is not taken of a payment that leaves by another way', async () => {
    const other = paying.approved('A2', { method: 'csvExport' });
    await paying.pass(0);
    const instructionId = paying.governance.payout(other)?.payment?.instructionId;
    expect(await send(body({ key: instructionId }))).toBe('404 notFound');
  });

  it('is not taken when it is as large as no event is', async () => {
    expect(await send('x'.repeat(70_000))).toBe('413 tooLarge');
  });

  it('is sent again while the rail cannot be asked', async () => {
    await paying.rail.close();
    expect(await send(body())).toBe('503 notTold');
    expect(reports()).toEqual(['sent']);
  });

  it('of money that came back says so', async () => {
    await send(body());
    paying.rail.sendBack(key);
    expect(await send(body({ eventId: 'event-0003' }))).toBe('200 taken');
    expect(paying.state(payoutId)).toBe('returned');
  });
});
