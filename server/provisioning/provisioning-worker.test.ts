import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { accountIdFor, stateOf } from '#core/provisioning/orders.ts';
import { ATTEMPTS_MAX } from '#core/provisioning/policy.ts';
import type { ProvisioningPorts } from './provisioning-worker.ts';
import {
  findingsIn,
  LINK_BASE,
  moneyBack,
  openSellingFirm as openFirm,
  paid,
  type SellingFirm,
} from './testing/selling-firm.ts';

const HOUR_MS = 3_600_000;
/** Each firm of many has a world of its own. */
const MANY_MS = 300_000;
const opened: SellingFirm[] = [];
const openSellingFirm: typeof openFirm = (options) => {
  const firm = openFirm(options);
  opened.push(firm);
  return firm;
};
afterEach(() => {
  const found = opened.splice(0).flatMap(({ store }) => findingsIn(store));
  if (found.length > 0) throw new Error(`the verifier disagrees: ${found.join('\n')}`);
});
const linkIn = ({ mails }: SellingFirm, at = -1): string =>
  new RegExp(`${LINK_BASE}([\\w-]{43})`).exec(mails.at(at)?.message.text ?? '')?.[1] ?? '';
const accountOf = (firm: SellingFirm, externalId: string): string =>
  accountIdFor(firm.order(externalId).data.orderId);
const statusOf = (firm: SellingFirm, externalId: string): string => {
  const facts = firm.store.stream(0, `account:${accountOf(firm, externalId)}`);
  const last = facts.findLast(({ kind }) => kind === 'accountStatusChanged');
  return last?.kind === 'accountStatusChanged'
    ? last.data.to
    : facts.length > 0
      ? 'active'
      : 'none';
};
const kindsOf = (firm: SellingFirm, externalId: string): string[] =>
  firm.order(externalId).steps.map(({ step }) => step.type);
/** Trades on every account go on until this one has traded. */
const untilTraded = async (firm: SellingFirm, externalId: string): Promise<void> => {
  for (let rounds = 0; rounds < 200; rounds += 1) {
    firm.market(500);
    await firm.pass(1_000);
    if (firm.order(externalId).milestones.firstTraded !== null) return;
  }
};

describe('an order', () => {
  it('becomes an account of the latest version in its first phase, and a mail with a link', async () => {
    const firm = openSellingFirm();
    expect(await firm.post(paid('o-1'))).toMatchObject({ status: 200, code: 'taken' });
    await firm.pass(1_000);
    const order = firm.order('o-1');
    expect(kindsOf(firm, 'o-1')).toEqual(['assigned', 'asked', 'created', 'credentialsSent']);
    expect(order.terms).toMatchObject({
      accountId: accountOf(firm, 'o-1'),
      phase: { phaseId: 'evaluation-1' },
      ruleSet: { version: 1 },
      origin: 'purchase',
    });
    expect(firm.mails).toHaveLength(1);
    expect(firm.mails[0]?.to).toBe('o-1@buyers.example');
    const token = linkIn(firm);
    const opened = firm.vault.open(token, firm.clock);
    expect(opened).toMatchObject({ ok: true, value: { accountId: accountOf(firm, 'o-1') } });
    expect(firm.vault.open(token, firm.clock)).toEqual({ ok: false, error: 'read' });
    expect(firm.vault.credentials(order.data.orderId)).toBeNull();
    await firm.pass(1_000);
    expect(firm.order('o-1').progress).toBe('credentialsOpened');
    await untilTraded(firm, 'o-1');
    expect(stateOf(firm.order('o-1'))).toBe('firstTraded');
  });

  it('leaves no name, address, link or password in the log', async () => {
    const firm = openSellingFirm();
    await firm.post(paid('o-1'));
    await firm.pass(1_000);
    const password = firm.vault.credentials(firm.order('o-1').data.orderId)?.password ?? '';
    const log = [...firm.store.digestLines(0)].join('\n');
    for (const secret of ['Bea', 'buyers.example', linkIn(firm), password]) {
      expect(secret.length).toBeGreaterThan(2);
      expect(log.includes(secret)).toBe(false);
    }
    expect(firm.mails[0]?.message.text).not.toContain(password);
  });

  it('is of the same trader when the same address buys again, however it is written', async () => {
    const firm = openSellingFirm();
    const buyer = (address: string) => ({ buyer: { address, name: null } });
    await firm.post(paid('o-1', buyer('Bea@buyers.example')));
    await firm.post(paid('o-2', buyer('bea@buyers.example')));
    await firm.post(paid('o-3', buyer('ben@buyers.example')));
    const [one, two, three] = ['o-1', 'o-2', 'o-3'].map((id) => firm.order(id).data.traderId);
    expect(two).toBe(one);
    expect(three).not.toBe(one);
  });

  it('of a program that nobody published, or of an absurd price, stands still until a person speaks', async () => {
    const firm = openSellingFirm();
    await firm.post(paid('o-1', { programId: 'nothing' }));
    await firm.post(paid('o-2', { price: '0.01' }));
    await firm.pass(1_000);
    expect(firm.order('o-1').failure?.sentence).toMatch(/^No program nothing is published/);
    expect(firm.order('o-2').failure?.sentence).toMatch(/^The price 0.01 USD is none/);
    const retry = {
      type: 'retryOrder',
      orderId: firm.order('o-2').data.orderId,
      reason: 'a gift',
    } as const;
    expect(firm.as('finn', retry)).toMatch(/^forbidden/);
    expect(firm.as('sam', retry)).toBe('accepted');
    await firm.pass(1_000);
    expect(firm.order('o-2').progress).toBe('credentialsSent');
    const { orderId } = firm.order('o-1').data;
    expect(firm.as('sam', { type: 'cancelOrder', orderId, reason: 'a mistake' })).toBe('accepted');
    expect(stateOf(firm.order('o-1'))).toBe('cancelled');
    await firm.pass(HOUR_MS);
    expect(statusOf(firm, 'o-1')).toBe('none');
  });

  it('that nothing can be done with holds up no other', async () => {
    const wrap = (ports: ProvisioningPorts): ProvisioningPorts => ({
      ...ports,
      compose: (given) => {
        if (given.name === 'Broken') throw new Error('no mail can be made of this');
        return ports.compose(given);
      },
    });
    const firm = openSellingFirm({ wrap });
    await firm.post(paid('o-1', { buyer: { address: 'o-1@buyers.example', name: 'Broken' } }));
    await firm.post(paid('o-2'));
    await firm.pass(1_000);
    expect([firm.order('o-1').progress, firm.order('o-2').progress]).toEqual([
      'created',
      'credentialsSent',
    ]);
  });

  it('waits longer and longer for a mail server, then for a person', async () => {
    const firm = openSellingFirm();
    firm.mailSays = { type: 'failed', says: '451 o-1@buyers.example try later' };
    await firm.post(paid('o-1'));
    for (let minutes = 0; minutes < 120; minutes += 1) await firm.pass(60_000);
    const { failure, steps } = firm.order('o-1');
    expect(failure).toMatchObject({ stage: 'deliver', attempt: ATTEMPTS_MAX, retryAt: null });
    expect(failure?.sentence).toBe('The mail could not be handed over (it said 451)');
    expect(steps.filter(({ step }) => step.type === 'failed')).toHaveLength(ATTEMPTS_MAX);
    firm.mailSays = { type: 'sent', says: '250' };
    firm.as('sam', {
      type: 'retryOrder',
      orderId: firm.order('o-1').data.orderId,
      reason: 'it is back',
    });
    await firm.pass(1_000);
    expect(firm.order('o-1').progress).toBe('credentialsSent');
  });

  it('whose link nobody opens in time is made a new password when a person says so', async () => {
    const firm = openSellingFirm();
    await firm.post(paid('o-1'));
    await firm.pass(1_000);
    const first = linkIn(firm);
    await firm.pass(73 * HOUR_MS);
    expect(firm.order('o-1').failure?.sentence).toMatch(/^Nobody opened the link within 72 hours/);
    expect(firm.vault.open(first, firm.clock)).toEqual({ ok: false, error: 'expired' });
    expect(firm.vault.credentials(firm.order('o-1').data.orderId)).toBeNull();
    firm.as('sam', {
      type: 'retryOrder',
      orderId: firm.order('o-1').data.orderId,
      reason: 'asked for it',
    });
    await firm.pass(1_000);
    expect(firm.mails).toHaveLength(2);
    expect(linkIn(firm)).not.toBe(first);
    expect(firm.vault.look(first).state).toBe('none');
    expect(firm.vault.open(linkIn(firm), firm.clock).ok).toBe(true);
    const opened = [...firm.store.facts(0, 1, Infinity)].filter(
      (fact) => fact.kind === 'accountOpened' && fact.data.accountId === accountOf(firm, 'o-1'),
    );
    expect(opened).toHaveLength(1);
  });
});

describe('money that goes back', () => {
  it('before the account stops the order; in full before the first trade it closes the account', async () => {
    const firm = openSellingFirm();
    await firm.post(paid('o-1'));
    await firm.post(moneyBack('order.refunded', 'o-1'));
    await firm.post(paid('o-2'));
    await firm.pass(1_000);
    expect([stateOf(firm.order('o-1')), statusOf(firm, 'o-1')]).toEqual(['reversed', 'none']);
    await firm.post(moneyBack('order.refunded', 'o-2', '100.00', 'part'));
    expect(statusOf(firm, 'o-2')).toBe('active');
    await firm.post(moneyBack('order.refunded', 'o-2'));
    expect(statusOf(firm, 'o-2')).toBe('closed');
  });

  it('after the first trade restricts the account, and asks a person to look', async () => {
    const firm = openSellingFirm();
    await firm.post(paid('o-1'));
    await firm.pass(1_000);
    await untilTraded(firm, 'o-1');
    await firm.post(moneyBack('order.refunded', 'o-1'));
    expect(statusOf(firm, 'o-1')).toBe('restricted');
    expect(firm.order('o-1').review).toMatchObject({ stage: 'review', retryAt: null });
    firm.as('sam', {
      type: 'retryOrder',
      orderId: firm.order('o-1').data.orderId,
      reason: 'looked at',
    });
    expect(firm.order('o-1').review).toBeNull();
  });

  it('by a bank restricts and never closes; what was won again is free, what people restricted is not', async () => {
    const firm = openSellingFirm();
    for (const id of ['o-1', 'o-2']) await firm.post(paid(id));
    await firm.pass(1_000);
    for (const id of ['o-1', 'o-2']) await firm.post(moneyBack('order.disputed', id));
    expect([statusOf(firm, 'o-1'), statusOf(firm, 'o-2')]).toEqual(['restricted', 'restricted']);
    const accountId = accountOf(firm, 'o-2');
    for (const type of ['lift', 'restrict'] as const) {
      firm.as('finn', { type: 'directAccount', accountId, directive: { type }, reason: 'a look' });
    }
    for (const id of ['o-1', 'o-2']) await firm.post(moneyBack('dispute.won', id));
    expect([statusOf(firm, 'o-1'), statusOf(firm, 'o-2')]).toEqual(['active', 'restricted']);
  });

  it('while the platform opens the account closes it as it opens', async () => {
    const firm = openSellingFirm();
    await firm.post(paid('o-1'));
    await firm.worker.tick();
    expect(firm.order('o-1').progress).toBe('asked');
    await firm.post(moneyBack('order.refunded', 'o-1'));
    await firm.pass(1_000);
    expect([firm.order('o-1').progress, statusOf(firm, 'o-1')]).toEqual(['created', 'closed']);
    expect(firm.mails).toEqual([]);
  });

  it('by a bank while the platform opens the account restricts it as it opens, and asks to look', async () => {
    const firm = openSellingFirm();
    await firm.post(paid('o-1'));
    await firm.worker.tick();
    await firm.post(moneyBack('order.disputed', 'o-1'));
    await firm.pass(1_000);
    expect([statusOf(firm, 'o-1'), firm.order('o-1').review?.stage]).toEqual([
      'restricted',
      'review',
    ]);
    await firm.post(moneyBack('dispute.won', 'o-1'));
    await firm.pass(1_000);
    expect([statusOf(firm, 'o-1'), firm.order('o-1').progress]).toEqual([
      'active',
      'credentialsSent',
    ]);
  });
});

describe('an account that follows another', () => {
  const of = { buyer: { address: 'o-1@buyers.example' } };

  it('begins its phase again for the trader who had it, once, when it has failed', async () => {
    const firm = openSellingFirm();
    await firm.post(paid('o-1'));
    await firm.pass(1_000);
    const reset = { ...of, kind: 'reset', forAccount: accountOf(firm, 'o-1'), price: '99.00' };
    await firm.post(paid('too-early', reset));
    await firm.pass(1_000);
    expect(firm.order('too-early').failure?.sentence).toMatch(/the account has not failed/);
    firm.ruin(accountOf(firm, 'o-1'));
    expect(statusOf(firm, 'o-1')).toBe('failed');
    await firm.post(paid('o-2', reset));
    await firm.post(paid('o-3', reset));
    await firm.pass(1_000);
    const before = firm.order('o-1').terms;
    expect(firm.order('o-2')).toMatchObject({
      progress: 'credentialsSent',
      terms: {
        previousAccountId: accountOf(firm, 'o-1'),
        origin: 'reset',
        traderId: before?.traderId,
        ruleSet: before?.ruleSet,
      },
    });
    expect(firm.order('o-3').failure?.sentence).toMatch(/Another account follows/);
    // The loss came by no fact: what was before it is not executed again.
    firm.partition.saveSnapshot();
    firm.restart();
    await firm.pass(1_000);
    expect(statusOf(firm, 'o-2')).toBe('active');
  });

  it('is larger, of the same trader, and closes the one before', async () => {
    const firm = openSellingFirm();
    await firm.post(paid('o-1', { programId: 'instant-25k' }));
    await firm.pass(1_000);
    const upgrade = { ...of, kind: 'upgrade', forAccount: accountOf(firm, 'o-1') };
    await firm.post(paid('same', { ...upgrade, programId: 'instant-25k' }));
    await firm.post(paid('other', { ...upgrade, buyer: { address: 'x@buyers.example' } }));
    await firm.pass(1_000);
    expect(firm.order('same').failure?.sentence).toMatch(/has to be larger than 25,000/);
    expect(firm.order('other').failure?.sentence).toMatch(/somebody else bought this/);
    expect(statusOf(firm, 'o-1')).toBe('active');
    await firm.post(paid('o-2', upgrade));
    await firm.pass(1_000);
    expect(firm.order('o-2').terms).toMatchObject({
      nominalSize: 100_000_0000,
      previousAccountId: accountOf(firm, 'o-1'),
      origin: 'scaledUp',
      traderId: firm.order('o-1').data.traderId,
    });
    expect([statusOf(firm, 'o-1'), statusOf(firm, 'o-2')]).toEqual(['closed', 'active']);
  });

  it('with something added to it is for a person to agree', async () => {
    const firm = openSellingFirm();
    await firm.post(paid('o-1', { addOns: ['swing'] }));
    await firm.post(paid('o-2', { kind: 'addOn', forAccount: 'A000001', addOns: ['swing'] }));
    await firm.pass(1_000);
    expect(firm.order('o-1').failure?.sentence).toMatch(/^It was bought with swing/);
    expect(firm.order('o-2').failure?.sentence).toMatch(/is to be agreed by a person/);
    const { orderId } = firm.order('o-1').data;
    firm.as('sam', { type: 'retryOrder', orderId, reason: 'the plain program' });
    await firm.pass(1_000);
    expect(firm.order('o-1').progress).toBe('credentialsSent');
  });
});

class Death extends Error {}

/** Dies at one call of anything that the worker touches: before it is done, or after. */
function dyingAt(
  point: number,
  after: boolean,
): {
  wrap(ports: ProvisioningPorts): ProvisioningPorts;
  readonly calls: number;
} {
  let calls = 0;
  let dead = false;
  const around =
    <Input extends readonly unknown[], Output>(call: (...input: Input) => Output) =>
    (...input: Input): Output => {
      if (dead) throw new Death();
      calls += 1;
      const dies = calls === point;
      if (dies && !after) {
        dead = true;
        throw new Death();
      }
      const output = call(...input);
      if (!dies) return output;
      dead = true;
      throw new Death();
    };
  return {
    get calls() {
      return calls;
    },
    wrap: (ports) => {
      dead = false;
      const { vault, mail } = ports;
      return {
        ...ports,
        command: around(ports.command),
        mail: mail && { send: around(mail.send) },
        vault: { ...vault, prepare: around(vault.prepare), link: around(vault.link) },
      };
    },
  };
}

describe('a server that dies', () => {
  it(
    'between any two steps makes one account and tells its buyer, at least once and always the same',
    { timeout: MANY_MS },
    async () => {
      let points = 0;
      for (const after of [false, true]) {
        for (let point = 1; point < 40; point += 1) {
          const death = dyingAt(point, after);
          const firm = openSellingFirm({ wrap: death.wrap });
          await firm.post(paid('o-1'));
          for (let rounds = 0; rounds < 4; rounds += 1) {
            await firm.pass(1_000);
            firm.restart();
          }
          await firm.pass(31_000);
          const made = [...firm.store.facts(0, 1, Infinity)].filter(
            (fact) => fact.kind === 'accountOpened' && fact.data.accountId.startsWith('B'),
          );
          expect([point, after, made.length]).toEqual([point, after, 1]);
          expect(firm.order('o-1').progress).toBe('credentialsSent');
          const ids = new Set(firm.mails.map(({ message }) => message.messageId));
          expect([firm.mails.length >= 1, ids.size]).toEqual([true, 1]);
          expect(firm.vault.open(linkIn(firm, 0), firm.clock).ok).toBe(true);
          if (death.calls < point) break;
          points += 1;
        }
      }
      expect(points).toBeGreaterThan(10);
    },
  );

  it('several times, with several orders, at any places', { timeout: MANY_MS }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.boolean()), { maxLength: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (deaths, count) => {
          let next = 0;
          const wrap = (ports: ProvisioningPorts): ProvisioningPorts => {
            const [point, after] = deaths[next] ?? [Infinity, false];
            next += 1;
            return dyingAt(point, after).wrap(ports);
          };
          const firm = openSellingFirm({ wrap });
          const ids = Array.from({ length: count }, (_, at) => `o-${at}`);
          for (const id of ids) await firm.post(paid(id));
          for (let rounds = 0; rounds <= deaths.length; rounds += 1) {
            await firm.pass(1_000);
            firm.restart();
          }
          for (let rounds = 0; rounds < 3; rounds += 1) await firm.pass(31_000);
          const made = [...firm.store.facts(0, 1, Infinity)].filter(
            (fact) => fact.kind === 'accountOpened' && fact.data.accountId.startsWith('B'),
          );
          expect(made).toHaveLength(count);
          expect(new Set(firm.mails.map(({ to }) => to)).size).toBe(count);
          expect(new Set(firm.mails.map(({ message }) => message.messageId)).size).toBe(count);
        },
      ),
      { numRuns: 12 },
    );
  });
});
