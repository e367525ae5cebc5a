import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TELLS_NOBODY, type AlertRule, type AlertRules } from '#core/alerts/alert-rules.ts';
import type { Ticker } from '#server/payments/ticker.ts';
import type { ServerCommand } from '#server/commands/server-command.ts';
import { openGovernedFirm, type GovernedFirm } from '#server/commands/testing/governed-firm.ts';
import { ruinousTrade } from '#server/partition/testing/scripted-firm.ts';
import { zones } from '#server/time/zones.ts';
import { openIntake, type Intake } from '../intake.ts';
import { createNotifier, type NotifierPorts } from '../notifier.ts';
import { openNotifyStore, type NotifyStore } from '../notify-store.ts';
import type { Outcome, Outgoing } from '../outgoing.ts';
import type { Ways } from '../ways.ts';

/** A message as it left. */
export interface Left extends Outgoing {
  readonly channel: string;
  readonly target: string;
  readonly at: number;
}

/** A firm whose alerts are told by a notifier, and everything that left it. */
export interface NotifyFirm {
  readonly firm: GovernedFirm;
  readonly left: Left[];
  /** What comes of sending; a test may break the line. */
  outcome: (message: Outgoing, target: string) => Outcome;
  store: NotifyStore;
  intake: Intake;
  notifier: Ticker;
  readonly ports: NotifierPorts;
  /** Moves the server's clock, and does what is due. */
  pass(milliseconds: number): Promise<void>;
  /** Accounts fail, one after another. */
  ruin(...accountIds: readonly string[]): void;
  setRules(rules: AlertRules): void;
  /** Ends the notifier as if the machine had lost its power, and begins anew on what it kept. */
  restart(): void;
  /** Puts something between the notifier and its store; it counts from the next restart on. */
  wrap: (store: NotifyStore) => NotifyStore;
  close(): void;
}

/** A rule that tells a mailbox of every breach, ten seconds after the first. */
export function mailRule(over: Partial<AlertRule> = {}): AlertRule {
  return {
    ruleId: 'mail',
    name: 'Breaches by mail',
    enabled: true,
    when: {
      kinds: ['breach'],
      severity: 'soft',
      programs: [],
      amountFrom: null,
      addressedRoles: [],
      addressedPersons: [],
    },
    tell: { ...TELLS_NOBODY, mailboxes: ['risk'] },
    gatherSeconds: 10,
    quiet: [],
    acknowledgeWithinMinutes: null,
    steps: [],
    ...over,
  };
}
export const rulesOf = (...rules: AlertRule[]): AlertRules => ({ rules, people: [] });

const ACCOUNTS = 12;

export function openNotifyFirm(rules: AlertRules = rulesOf(mailRule())): NotifyFirm {
  const folder = mkdtempSync(join(tmpdir(), 'propdesk-notify-'));
  const file = join(folder, 'notify.sqlite');
  const firm = openGovernedFirm({ accounts: ACCOUNTS });
  const now = (): number => firm.clock;
  const ways: Ways = {
    send: (channel, target, message) => {
      const outcome = world.outcome(message, target);
      if (outcome.type === 'sent') world.left.push({ ...message, channel, target, at: now() });
      return Promise.resolve(outcome);
    },
    shown: (_channel, target) => target,
    setup: () => {
      throw new Error('no test asks for it');
    },
    close: () => {},
  };
  const open = (): void => {
    world.store = world.wrap(openNotifyStore(file));
    world.intake = openIntake({ log: firm.store, store: world.store, zones, now });
    Object.assign(world.ports, { store: world.store, intake: world.intake });
    world.notifier = createNotifier(world.ports);
  };
  const world: NotifyFirm = {
    firm,
    left: [],
    outcome: () => ({ type: 'sent', says: 'taken' }),
    wrap: (store: NotifyStore) => store,
    ports: {
      ways,
      settings: { names: false, perTargetPerHour: 30 },
      command: (command: ServerCommand) => Promise.resolve(firm.partition.command(command).result),
      now,
      log: { info: () => {}, warn: () => {}, error: () => {} },
    },
    pass: async (milliseconds: number) => {
      firm.clock += milliseconds;
      await world.notifier.tick();
    },
    ruin: (...accountIds: readonly string[]) => {
      for (const accountId of accountIds) {
        firm.platform.tell(...ruinousTrade(accountId, firm.clock));
        firm.partition.run(Infinity);
      }
    },
    setRules: (next: AlertRules) => {
      const { version } = firm.partition.governance.alerting;
      firm.as('gia', {
        type: 'setAlertRules',
        rules: next,
        baseVersion: version,
        reason: 'a test',
      });
    },
    restart: () => {
      world.store.close();
      open();
    },
    close: () => {
      world.store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  } as unknown as NotifyFirm;
  world.setRules(rules);
  open();
  while (world.intake.take());
  return world;
}

/** Names of accounts that a firm of tests has. */
export function accountIds(count: number): string[] {
  return Array.from({ length: Math.min(count, ACCOUNTS) }, (_unused, at) => `A${at + 1}`);
}
