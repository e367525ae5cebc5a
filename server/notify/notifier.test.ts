import { describe, expect, it } from 'vitest';
import { TELLS_NOBODY, type AlertRules } from '#core/alerts/alert-rules.ts';
import { GROWTH_MS } from './intake.ts';
import { AGE_MAX_MS, ATTEMPTS_MAX } from './notifier.ts';
import { PARTS_MAX, type MessageRow } from './notify-store.ts';
import type { Outcome } from './outgoing.ts';
import {
  accountIds,
  mailRule,
  openNotifyFirm,
  rulesOf,
  type NotifyFirm,
} from './testing/notify-firm.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

async function withFirm(
  rules: AlertRules,
  work: (world: NotifyFirm) => Promise<void>,
): Promise<void> {
  const world = openNotifyFirm(rules);
  try {
    await work(world);
  } finally {
    world.close();
  }
}
const subjects = ({ left }: NotifyFirm): string[] => left.map(({ subject }) => subject);
const targetsOf = ({ left }: NotifyFirm): string[] => left.map(({ target }) => target);
const messages = ({ store }: NotifyFirm): MessageRow[] =>
  store.connection
    .prepare('SELECT * FROM message ORDER BY made_at, message_id')
    .all() as MessageRow[];
const dropped = ({ store }: NotifyFirm): string[] =>
  (
    store.connection.prepare("SELECT why FROM delivery WHERE state = 'dropped'").all() as {
      why: string;
    }[]
  ).map(({ why }) => why);

describe('a breach', () => {
  it('is told once its rule has gathered, and never before', () =>
    withFirm(rulesOf(mailRule()), async (world) => {
      world.ruin('A1');
      await world.pass(9 * SECOND_MS);
      expect(world.left).toEqual([]);
      await world.pass(2 * SECOND_MS);
      expect(subjects(world)).toEqual([
        '[Propdesk] 1 breach: daily loss in FTMO-shaped two-step 100k',
      ]);
      await world.pass(HOUR_MS);
      expect(world.left).toHaveLength(1);
    }));

  it('names accounts, and traders only where the firm wants that', () =>
    withFirm(rulesOf(mailRule()), async (world) => {
      world.ruin('A1');
      await world.pass(11 * SECOND_MS);
      const [message] = world.left;
      expect(message?.text).toContain('A1: ');
      expect(message?.text + (message?.body ?? '')).not.toContain('Trader T1');
      Object.assign(world.ports.settings, { names: true });
      world.firm.clock += HOUR_MS;
      world.ruin('A2');
      await world.pass(11 * SECOND_MS);
      expect(world.left[1]?.text).toContain('A2 (Trader T2): ');
    }));

  it('with others of its minute is one message, and when they grow one more', () =>
    withFirm(rulesOf(mailRule()), async (world) => {
      world.ruin(...accountIds(5));
      await world.pass(11 * SECOND_MS);
      expect(subjects(world)).toEqual([
        '[Propdesk] 5 breaches: daily loss in FTMO-shaped two-step 100k',
      ]);
      world.firm.clock -= 11 * SECOND_MS;
      world.ruin('A6', 'A7');
      world.firm.clock += 11 * SECOND_MS;
      await world.pass(0);
      await world.pass(GROWTH_MS - SECOND_MS);
      expect(world.left).toHaveLength(1);
      await world.pass(2 * SECOND_MS);
      expect(subjects(world)[1]).toBe(
        '[Propdesk] Now 7 breaches: daily loss in FTMO-shaped two-step 100k',
      );
      expect(world.left[1]?.thread).toBe(world.left[0]?.thread);
    }));

  it('that goes on growing is told no more often than so', () =>
    withFirm(rulesOf(mailRule({ gatherSeconds: 0 })), async (world) => {
      const start = world.firm.clock;
      for (const accountId of accountIds(10)) {
        const { clock } = world.firm;
        world.firm.clock = start;
        world.ruin(accountId);
        world.firm.clock = clock;
        await world.pass(0);
        await world.pass(GROWTH_MS + SECOND_MS);
      }
      expect(world.left).toHaveLength(PARTS_MAX);
    }));

  it('that somebody has seen before the message left needs none', () =>
    withFirm(rulesOf(mailRule()), async (world) => {
      world.ruin('A1');
      await world.pass(SECOND_MS);
      const alert = world.firm.store
        .stream(0, 'account:A1')
        .find(({ kind }) => kind === 'breachDetected');
      world.firm.as('finn', {
        type: 'acknowledgeAlert',
        alertSeq: alert?.envelope.seq ?? 0,
        note: '',
      });
      await world.pass(HOUR_MS);
      expect(world.left).toEqual([]);
      expect(dropped(world)).toEqual(['Somebody had acknowledged it before it left']);
    }));

  it('of before there was a notifier is history, and told to nobody', async () => {
    const world = openNotifyFirm();
    world.store.connection.exec('DELETE FROM progress; DELETE FROM notice; DELETE FROM delivery');
    world.ruin('A1');
    world.restart();
    await world.pass(HOUR_MS);
    expect(world.left).toEqual([]);
    expect(world.store.noticesOf).toBeDefined();
    const { held } = world.store.connection
      .prepare('SELECT count(*) AS held FROM notice')
      .get() as { held: number };
    expect(held).toBeGreaterThan(0);
    world.ruin('A2');
    await world.pass(HOUR_MS);
    expect(world.left).toHaveLength(1);
    world.close();
  });
});

describe('one address', () => {
  it('gets one message for all that is due, whatever the rules and groups', () =>
    withFirm(
      rulesOf(
        mailRule(),
        mailRule({ ruleId: 'again', name: 'Again', when: { ...mailRule().when, kinds: [] } }),
      ),
      async (world) => {
        world.ruin('A1');
        await world.pass(11 * SECOND_MS);
        expect(world.left).toHaveLength(1);
        expect(world.left[0]?.text.match(/A1: /g)).toHaveLength(1);
        expect(world.left[0]?.text).toContain('You are told by "Again"; "Breaches by mail".');
      },
    ));

  it('gets so many in an hour, and the rest together when the hour is over', () =>
    withFirm(rulesOf(mailRule({ gatherSeconds: 0 })), async (world) => {
      Object.assign(world.ports.settings, { perTargetPerHour: 2 });
      for (const accountId of accountIds(6)) {
        world.ruin(accountId);
        await world.pass(2 * MINUTE_MS);
      }
      expect(world.left).toHaveLength(2);
      await world.pass(HOUR_MS);
      expect(world.left).toHaveLength(3);
      expect(world.left[2]?.subject).toContain(', and 3 more');
    }));

  it('waits for its quiet hours to end, by the clocks of its zone', () =>
    withFirm(
      rulesOf(
        mailRule({
          quiet: [
            {
              zone: 'Europe/Prague',
              from: '00:00',
              until: '00:00',
              days: [1, 2, 3, 4, 5, 6, 7],
              breaksThrough: { severity: null, escalations: false },
            },
          ],
        }),
      ),
      async (world) => {
        world.ruin('A1');
        await world.pass(HOUR_MS);
        expect(world.left).toEqual([]);
        const [waits] = world.store.connection
          .prepare("SELECT why FROM delivery WHERE state = 'waiting'")
          .all() as { why: string }[];
        expect(waits?.why).toMatch(/^Quiet hours until \d{4}-\d\d-\d\d \d\d:00 UTC$/);
      },
    ));
});

describe('a message that does not arrive', () => {
  const failed: Outcome = { type: 'failed', says: 'no route' };

  it('is tried again later and later, as the same message, and arrives once', () =>
    withFirm(rulesOf(mailRule()), async (world) => {
      const tried: number[] = [];
      const ids = new Set<string>();
      world.outcome = ({ messageId, body }) => {
        tried.push(world.firm.clock);
        ids.add(messageId + body);
        return tried.length < 4 ? failed : { type: 'sent', says: 'taken' };
      };
      world.ruin('A1');
      for (let minute = 0; minute < 60; minute += 1) await world.pass(MINUTE_MS);
      const gaps = tried.slice(1).map((at, index) => (at - (tried[index] ?? 0)) / MINUTE_MS);
      expect(gaps).toEqual([1, 2, 10]);
      expect([world.left.length, ids.size]).toEqual([1, 1]);
      expect(messages(world)).toMatchObject([{ state: 'sent', attempts: 4 }]);
    }));

  it('is given up after so many attempts, and says why', () =>
    withFirm(rulesOf(mailRule()), async (world) => {
      world.outcome = () => failed;
      world.ruin('A1');
      await world.pass(11 * SECOND_MS);
      for (let hours = 0; hours < 40; hours += 1) await world.pass(HOUR_MS);
      const [message] = messages(world);
      expect(message).toMatchObject({ state: 'givenUp', next_at: null });
      expect(message?.attempts).toBeLessThanOrEqual(ATTEMPTS_MAX);
      expect(message?.why).toMatch(/^Given up after \d+ attempts: no route$/);
    }));

  it('is given up at once where it can never arrive', () =>
    withFirm(rulesOf(mailRule()), async (world) => {
      world.outcome = () => ({ type: 'refused', says: 'no such mailbox' });
      world.ruin('A1');
      await world.pass(11 * SECOND_MS);
      await world.pass(AGE_MAX_MS);
      expect(messages(world)).toMatchObject([
        { state: 'givenUp', attempts: 1, why: 'no such mailbox' },
      ]);
    }));

  it('because a mail server hangs keeps neither webhooks nor decisions waiting', () =>
    withFirm(
      rulesOf(mailRule({ tell: { ...TELLS_NOBODY, mailboxes: ['risk'], hooks: ['pager'] } })),
      async (world) => {
        const { send } = world.ports.ways;
        const open: (() => void)[] = [];
        Object.assign(world.ports.ways, {
          send: async (...given: Parameters<typeof send>) => {
            if (given[0] === 'email') await new Promise<void>((done) => open.push(done));
            return send(...given);
          },
        });
        world.notifier.start();
        world.ruin('A1');
        world.firm.clock += 11 * SECOND_MS;
        await expect.poll(() => targetsOf(world), { timeout: 5_000 }).toEqual(['hook:pager']);
        world.firm.clock += HOUR_MS;
        world.ruin('A2');
        world.firm.clock += 11 * SECOND_MS;
        await expect
          .poll(() => targetsOf(world), { timeout: 5_000 })
          .toEqual(['hook:pager', 'hook:pager']);
        Object.assign(world.ports.ways, { send });
        for (const done of open) done();
        await world.notifier.stop();
        expect(targetsOf(world)).toContain('mailbox:risk');
      },
    ));

  it('keeps no other back', () =>
    withFirm(
      rulesOf(mailRule({ tell: { ...TELLS_NOBODY, mailboxes: ['risk', 'other'] } })),
      async (world) => {
        world.outcome = (_message, target) =>
          target === 'mailbox:risk' ? failed : { type: 'sent', says: 'taken' };
        world.ruin('A1');
        await world.pass(11 * SECOND_MS);
        expect(world.left.map(({ target }) => target)).toEqual(['mailbox:other']);
      },
    ));
});

describe('what nobody acknowledges', () => {
  const stepped = rulesOf(
    mailRule({
      acknowledgeWithinMinutes: 5,
      steps: [
        { afterMinutes: 5, tell: { ...TELLS_NOBODY, mailboxes: ['senior'] } },
        { afterMinutes: 30, tell: { ...TELLS_NOBODY, hooks: ['pager'] } },
      ],
    }),
  );
  const minutes = async (world: NotifyFirm, count: number): Promise<void> => {
    for (let minute = 0; minute < count; minute += 1) await world.pass(MINUTE_MS);
  };

  it('goes to the next step each time that it has waited, and into the log', () =>
    withFirm(stepped, async (world) => {
      world.ruin('A1', 'A2');
      await minutes(world, 4);
      expect(targetsOf(world)).toEqual(['mailbox:risk']);
      await minutes(world, 2);
      expect(targetsOf(world)).toEqual(['mailbox:risk', 'mailbox:senior']);
      expect(world.left[1]?.subject).toBe(
        '[Propdesk] Nobody has acknowledged: 2 breaches: daily loss in FTMO-shaped two-step 100k',
      );
      await minutes(world, 40);
      expect(targetsOf(world)).toEqual(['mailbox:risk', 'mailbox:senior', 'hook:pager']);
      const escalations = world.firm.store
        .stream(0, 'firm')
        .flatMap((fact) =>
          fact.kind === 'alertEscalated' ? [[fact.data.level, fact.data.open]] : [],
        );
      expect(escalations).toEqual([
        [1, 2],
        [2, 2],
      ]);
    }));

  it('is nobody’s matter any more once all of it was seen, and goes on while one of it was not', () =>
    withFirm(stepped, async (world) => {
      world.ruin('A1', 'A2');
      await minutes(world, 1);
      const seqs = ['A1', 'A2'].flatMap((accountId) =>
        world.firm.store
          .stream(0, `account:${accountId}`)
          .flatMap(({ kind, envelope }) => (kind === 'breachDetected' ? [envelope.seq] : [])),
      );
      world.firm.as('finn', { type: 'acknowledgeAlert', alertSeq: seqs[0] ?? 0, note: '' });
      await minutes(world, 6);
      expect(targetsOf(world)).toEqual(['mailbox:risk', 'mailbox:senior']);
      world.firm.as('finn', { type: 'acknowledgeAlerts', alertSeqs: seqs, note: 'both' });
      await minutes(world, 60);
      expect(targetsOf(world)).toEqual(['mailbox:risk', 'mailbox:senior']);
    }));

  it('is escalated once, whatever is restarted in between', () =>
    withFirm(stepped, async (world) => {
      world.ruin('A1');
      for (let minute = 0; minute < 50; minute += 1) {
        await world.pass(MINUTE_MS);
        world.restart();
      }
      expect(targetsOf(world)).toEqual(['mailbox:risk', 'mailbox:senior', 'hook:pager']);
    }));
});
