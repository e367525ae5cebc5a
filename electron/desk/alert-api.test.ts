import { describe, expect, it } from 'vitest';
import type { DeskStreamItem } from '#core/desk-api/contract.ts';
import { DEFAULT_ALERT_RULES, type AlertRules } from '#core/alerts/alert-rules.ts';
import { ruinousTrade } from '#server/partition/testing/scripted-firm.ts';
import type { Desk } from './desk.ts';
import { openFirmDesk, settle, type FirmDesk } from './testing/firm-desk.ts';
import { openGovernedFirm } from '#server/commands/testing/governed-firm.ts';

const HOUR_MS = 3_600_000;
/** Longer than a desk waits before it announces what came. */
const ANNOUNCED_MS = 600;

interface Heard {
  readonly announcements: DeskStreamItem<'announcement'>[];
  readonly groups: DeskStreamItem<'alertGroups'>[];
  readonly notified: string[];
}

async function withDesk(
  personId: string,
  work: (world: FirmDesk, heard: Heard) => Promise<void>,
): Promise<void> {
  const heard: Heard = { announcements: [], groups: [], notified: [] };
  const firm = openGovernedFirm({ accounts: 12 });
  const world = await openFirmDesk(firm, {
    notify: (title, _text, tag) =>
      void heard.notified.push(`${title} [${tag.split('|')[1] ?? tag}]`),
  });
  await world.signIn(personId);
  // A desk that comes to a log of its first day has been away from nothing.
  await world.connect();
  listen(world.desk, heard);
  try {
    await work(world, heard);
  } finally {
    world.close();
  }
}
function listen(desk: Desk, heard: Heard): void {
  desk.listen({
    rows: () => {},
    stream: (name, item) => {
      if (name === 'announcement') heard.announcements.push(item as never);
      if (name === 'alertGroups') heard.groups.push(item as never);
    },
  });
}
const wait = (milliseconds: number): Promise<void> =>
  new Promise((done) => void setTimeout(done, milliseconds));

/** Accounts fail; the desk hears of it when it asks for what it has missed. */
async function ruin(world: FirmDesk, ...accountIds: readonly string[]): Promise<void> {
  const { firm } = world;
  for (const accountId of accountIds) {
    firm.platform.tell(...ruinousTrade(accountId, firm.clock));
    firm.run();
  }
  await world.connect();
}
const groupsOf = async ({ desk }: FirmDesk, filter: 'all' | 'open' | 'mine' = 'all') =>
  (await desk.api['alerts.groups']({ filter, beforeSeq: null, limit: 100 })).groups.filter(
    ({ kind }) => kind === 'breach',
  );
const setRules = (world: FirmDesk, rules: AlertRules): void => {
  const { version } = world.firm.partition.governance.alerting;
  world.firm.as('hana', { type: 'setAlertRules', rules, baseVersion: version, reason: 'a test' });
};

describe('a storm at a desk', () => {
  it('is one group that unfolds, with the worst of it in hand', () =>
    withDesk('gia', async (world) => {
      await ruin(world, 'A1', 'A2', 'A3');
      const [group, ...others] = await groupsOf(world);
      expect(others).toEqual([]);
      expect(group).toMatchObject({ count: 3, open: 3, accounts: 3, mine: true });
      expect(group?.title).toBe('3 breaches: daily loss in FTMO-shaped two-step 100k');
      expect(group?.worst.map(({ accountId }) => accountId)).toEqual(['A1', 'A2', 'A3']);
      const page = await world.desk.api['alerts.group']({
        key: group?.key ?? '',
        afterSeq: group?.firstSeq ?? 0,
        limit: 1,
      });
      expect([page.alerts.map(({ accountId }) => accountId), page.more]).toEqual([['A2'], true]);
    }));

  it('grows in place: it keeps its name and its place, and its numbers change', () =>
    withDesk('gia', async (world, heard) => {
      await ruin(world, 'A1', 'A2');
      const [before] = await groupsOf(world);
      await ruin(world, 'A3');
      const [after] = await groupsOf(world);
      expect([after?.key, after?.firstSeq, after?.count]).toEqual([
        before?.key,
        before?.firstSeq,
        3,
      ]);
      await expect
        .poll(() => heard.groups.at(-1)?.groups.find(({ key }) => key === after?.key)?.count)
        .toBe(3);
    }));

  it('is acknowledged in one act, with one command, as far as the person had seen it', () =>
    withDesk('finn', async (world) => {
      await ruin(world, 'A1', 'A2');
      const [seen] = await groupsOf(world);
      await ruin(world, 'A3');
      const { key = '', lastSeq = 0 } = seen ?? {};
      const done = await world.desk.api['alerts.acknowledgeGroup']({ key, lastSeq, note: 'seen' });
      expect(done).toEqual({ acknowledged: 2, state: 'accepted' });
      await world.connect();
      const [left] = await groupsOf(world);
      expect([left?.count, left?.open]).toEqual([3, 1]);
      const commands = [
        ...world.firm.store.facts(0, 1, world.firm.partition.ingest.lastSeq),
      ].flatMap(({ kind, envelope: { causation } }) =>
        kind === 'alertAcknowledged' && causation.type === 'command' ? [causation.id] : [],
      );
      expect([commands.length, new Set(commands).size]).toEqual([2, 1]);
    }));

  it('is acknowledged without a server, too, and shown as waiting until it is received', () =>
    withDesk('finn', async (world) => {
      await ruin(world, 'A1', 'A2');
      world.disconnect();
      const [group] = await groupsOf(world);
      const { key = '', lastSeq = 0 } = group ?? {};
      const done = await world.desk.api['alerts.acknowledgeGroup']({ key, lastSeq, note: '' });
      expect(done).toEqual({ acknowledged: 2, state: 'queued' });
      const [waiting] = await groupsOf(world);
      expect([waiting?.open, waiting?.worst[0]?.acknowledgement?.state]).toEqual([0, 'queued']);
      await world.connect();
      await expect
        .poll(async () => {
          await world.connect();
          return (await groupsOf(world))[0]?.worst[0]?.acknowledgement?.state;
        })
        .toBe('accepted');
    }));

  it('that a server does not let acknowledge is open again', () =>
    withDesk('jona', async (world) => {
      await ruin(world, 'A1');
      const [group] = await groupsOf(world);
      const { key = '', lastSeq = 0 } = group ?? {};
      const wish = world.desk.api['alerts.acknowledgeGroup']({ key, lastSeq, note: '' });
      await expect(wish).rejects.toThrow('no role of yours allows this');
      expect((await groupsOf(world))[0]?.open).toBe(1);
    }));

  it('stands in its groups after a restart as before', () =>
    withDesk('gia', async (world) => {
      await ruin(world, 'A1', 'A2');
      const before = await groupsOf(world);
      await world.restart();
      await world.signIn('gia');
      expect(await groupsOf(world)).toEqual(before);
    }));
});

describe('what is announced', () => {
  it('is one signal and one notification for a storm, and none for what nobody is told of', () =>
    withDesk('gia', async (world, heard) => {
      await ruin(world, 'A1', 'A2', 'A3', 'A4', 'A5');
      await wait(ANNOUNCED_MS);
      expect(heard.announcements.map(({ sound }) => sound)).toEqual(['hard']);
      expect(heard.notified).toEqual([
        '5 breaches: daily loss in FTMO-shaped two-step 100k [breach]',
      ]);
    }));

  it('is nothing for a person whom no rule tells', () =>
    withDesk('edda', async (world, heard) => {
      await ruin(world, 'A1');
      await wait(ANNOUNCED_MS);
      expect([heard.announcements, heard.notified]).toEqual([[], []]);
    }));

  it('is nothing in a person’s quiet hours, and stands in the feed all the same', () =>
    withDesk('gia', async (world, heard) => {
      const quiet = {
        zone: 'UTC',
        from: '00:00',
        until: '00:00',
        days: [1, 2, 3, 4, 5, 6, 7],
        breaksThrough: { severity: null, escalations: false },
      };
      setRules(world, { ...DEFAULT_ALERT_RULES, people: [{ personId: 'gia', quiet: [quiet] }] });
      await ruin(world, 'A1');
      await wait(ANNOUNCED_MS);
      expect([heard.announcements, heard.notified]).toEqual([[], []]);
      expect((await groupsOf(world, 'mine'))[0]?.count).toBe(1);
    }));

  it('is what the person wants on this desk, and no more', () =>
    withDesk('gia', async (world, heard) => {
      await world.desk.api['alerts.announce']({ channels: ['sound'] });
      await ruin(world, 'A1');
      await wait(ANNOUNCED_MS);
      expect([heard.announcements.map(({ sound }) => sound), heard.notified]).toEqual([
        ['hard'],
        [],
      ]);
    }));

  it('comes to those of the next step when it is escalated, and is then theirs', () =>
    withDesk('jona', async (world, heard) => {
      await ruin(world, 'A1');
      await wait(ANNOUNCED_MS);
      expect([heard.notified, await groupsOf(world, 'mine')]).toEqual([[], []]);
      const [group] = await groupsOf(world);
      const [rule] = DEFAULT_ALERT_RULES.rules;
      const step = rule?.steps[1];
      if (!rule || !step) throw new Error('no step');
      for (const level of [1, 2]) {
        world.firm.system({
          type: 'escalateAlerts',
          escalation: {
            group: group?.key ?? '',
            ruleId: rule.ruleId,
            ruleName: rule.name,
            level,
            severity: 'hard',
            open: 1,
            firstSeq: group?.firstSeq ?? 1,
            tell: step.tell,
          },
        });
      }
      await world.connect();
      await wait(ANNOUNCED_MS);
      expect(heard.notified).toEqual([
        'Nobody has acknowledged: 1 breach: daily loss in FTMO-shaped two-step 100k [breach]',
      ]);
      const [mine] = await groupsOf(world, 'mine');
      expect(mine?.escalations).toMatchObject([{ level: 1 }, { level: 2, to: 'manager' }]);
    }));
});

describe('what came while a desk was away', () => {
  it('is said once when it is back, by kind and with the worst, until somebody has read it', () =>
    withDesk('gia', async (world, heard) => {
      world.disconnect();
      world.firm.clock += 9 * HOUR_MS;
      await ruin(world, 'A1', 'A2');
      await wait(ANNOUNCED_MS);
      const { away } = await world.desk.api['alerts.away']({ seen: false });
      expect(away?.counts).toContainEqual({ kind: 'breach', severity: 'hard', count: 2, open: 2 });
      expect(away?.worst[0]?.title).toBe('2 breaches: daily loss in FTMO-shaped two-step 100k');
      expect(heard.announcements).toMatchObject([
        {
          sound: 'hard',
          said: expect.stringMatching(/^While this desk was away: 2 breaches/) as string,
        },
      ]);
      expect(heard.notified).toEqual(['While this desk was away [alerts:away]']);
      await world.restart();
      await world.signIn('gia');
      expect((await world.desk.api['alerts.away']({ seen: false })).away).not.toBeNull();
      expect((await world.desk.api['alerts.away']({ seen: true })).away).toBeNull();
    }));

  it('disturbs nobody whom no rule tells', () =>
    withDesk('edda', async (world, heard) => {
      world.disconnect();
      world.firm.clock += 9 * HOUR_MS;
      await ruin(world, 'A1');
      await wait(ANNOUNCED_MS);
      expect(heard.announcements.map(({ sound }) => sound)).toEqual([null]);
      expect(heard.notified).toEqual([]);
      expect((await world.desk.api['alerts.away']({ seen: false })).away).not.toBeNull();
    }));

  it('is nothing where the wire was gone for a moment', () =>
    withDesk('gia', async (world) => {
      world.disconnect();
      world.firm.clock += 5_000;
      await ruin(world, 'A1');
      expect((await world.desk.api['alerts.away']({ seen: false })).away).toBeNull();
    }));
});

describe('the rules at a desk', () => {
  it('are those of the log, also without a server, and say who may change them', () =>
    withDesk('gia', async (world) => {
      const { version, mayChange } = await world.desk.api['alerts.rules']({});
      expect([version, mayChange]).toEqual([0, true]);
      await world.desk.api['alerts.setRules']({
        rules: { ...DEFAULT_ALERT_RULES, rules: DEFAULT_ALERT_RULES.rules.slice(0, 1) },
        baseVersion: 0,
        reason: 'fewer',
      });
      await world.connect();
      world.disconnect();
      const kept = await world.desk.api['alerts.rules']({});
      expect([kept.version, kept.rules.rules.length, kept.changed?.reason]).toEqual([
        1,
        1,
        'fewer',
      ]);
    }));

  it('may be looked at by everybody, and changed by few', () =>
    withDesk('finn', async (world) => {
      const { mayChange, rules } = await world.desk.api['alerts.rules']({});
      expect(mayChange).toBe(false);
      const wish = world.desk.api['alerts.setRules']({ rules, baseVersion: 0, reason: 'mine' });
      await expect(wish).rejects.toThrow('no role of yours allows this');
      await settle();
    }));
});
