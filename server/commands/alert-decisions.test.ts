import { describe, expect, it } from 'vitest';
import { DEFAULT_ALERT_RULES, type AlertRules } from '#core/alerts/alert-rules.ts';
import type { Fact } from '#core/facts/registry.ts';
import { createGovernance } from '#core/governance/governance.ts';
import { ruinousTrade } from '#server/partition/testing/scripted-firm.ts';
import type { Intent } from '#core/sync/protocol.ts';
import type { ServerIntent } from './server-command.ts';
import { recentAlerts } from '../notify/recent-alerts.ts';
import { openGovernedFirm, type GovernedFirm } from './testing/governed-firm.ts';

const ruined = (...accountIds: readonly string[]): GovernedFirm => {
  const firm = openGovernedFirm({ accounts: 5 });
  for (const accountId of accountIds) {
    firm.platform.tell(...ruinousTrade(accountId, firm.clock));
    firm.run();
  }
  return firm;
};
const factsOf = (firm: GovernedFirm): Fact[] => [
  ...firm.store.facts(0, 1, firm.partition.ingest.lastSeq),
];
const breachesOf = (firm: GovernedFirm): number[] =>
  factsOf(firm).flatMap(({ kind, envelope }) => (kind === 'breachDetected' ? [envelope.seq] : []));
const seenOf = (firm: GovernedFirm): string[] =>
  factsOf(firm).flatMap((fact) =>
    fact.kind === 'alertAcknowledged' || fact.kind === 'noticeAcknowledged'
      ? [`${fact.envelope.stream} ${fact.data.alertSeq} ${fact.data.operatorId}`]
      : [],
  );
const all = (alertSeqs: readonly number[], note = ''): Intent => ({
  type: 'acknowledgeAlerts',
  alertSeqs: [...alertSeqs],
  note,
});

describe('a group that is acknowledged in one act', () => {
  it('gives every alert its own fact, in its own account’s history', () => {
    const firm = ruined('A1', 'A2', 'A3');
    const seqs = breachesOf(firm);
    firm.as('finn', all([...seqs].reverse(), 'the whole minute'));
    expect(seenOf(firm)).toEqual([
      `account:A1 ${seqs[0]} finn`,
      `account:A2 ${seqs[1]} finn`,
      `account:A3 ${seqs[2]} finn`,
    ]);
  });

  it('passes over what somebody has seen, and says who was first', () => {
    const firm = ruined('A1', 'A2');
    const seqs = breachesOf(firm);
    firm.as('gia', { type: 'acknowledgeAlert', alertSeq: seqs[0] ?? 0, note: '' });
    firm.as('finn', all(seqs));
    expect(seenOf(firm)).toEqual([`account:A1 ${seqs[0]} gia`, `account:A2 ${seqs[1]} finn`]);
    expect(firm.ask('finn', all(seqs))).toBe(
      'alreadyAcknowledged: somebody has acknowledged all of them',
    );
    expect(firm.ask('finn', { type: 'acknowledgeAlert', alertSeq: seqs[0] ?? 0, note: '' })).toBe(
      'alreadyAcknowledged: gia has acknowledged it already',
    );
  });

  it('is all of it or nothing: one that is no alert, and none is acknowledged', () => {
    const firm = ruined('A1');
    const seqs = breachesOf(firm);
    expect(firm.ask('finn', all([...seqs, 1]))).toBe('notAnAlert: fact 1 is no alert');
    expect(firm.ask('finn', all([...seqs, 999_999]))).toBe('notFound: there is no fact 999999');
    expect(seenOf(firm)).toEqual([]);
  });

  it('is for those who may acknowledge', () => {
    const firm = ruined('A1');
    expect(firm.ask('jona', all(breachesOf(firm)))).toBe('forbidden: no role of yours allows this');
  });

  it('counts the same alert once, however often it is named', () => {
    const firm = ruined('A1');
    const [seq = 0] = breachesOf(firm);
    firm.as('finn', all([seq, seq, seq]));
    expect(seenOf(firm)).toHaveLength(1);
  });
});

describe('an alert that concerns no account', () => {
  const silent = {
    type: 'observeFeed',
    feed: { symbol: 'EURUSD', source: 's', state: 'silent', lastAt: 1, silentMs: 200_000 },
  } as const;

  it('is acknowledged in the firm’s own history, alone or with others', () => {
    const firm = ruined('A1');
    firm.system(silent);
    const seq = firm.partition.ingest.lastSeq;
    firm.as('finn', all([...breachesOf(firm), seq]));
    expect(seenOf(firm)).toEqual([`account:A1 ${breachesOf(firm)[0]} finn`, `firm ${seq} finn`]);
  });

  it('that says that all is well again is acknowledged by nobody', () => {
    const firm = openGovernedFirm();
    firm.system({ ...silent, feed: { ...silent.feed, state: 'live' } });
    const seq = firm.partition.ingest.lastSeq;
    expect(firm.ask('finn', all([seq]))).toBe(`notAnAlert: fact ${seq} is no alert`);
    expect(firm.ask('finn', { type: 'acknowledgeAlert', alertSeq: seq, note: '' })).toBe(
      `notAnAlert: fact ${seq} is no warning, breach or flag`,
    );
  });
});

describe('the rules of who is told', () => {
  const [first] = DEFAULT_ALERT_RULES.rules;
  const quiet = {
    zone: 'Europe/Prague',
    from: '22:00',
    until: '07:00',
    days: [1],
    breaksThrough: { severity: null, escalations: false },
  };
  const rulesWith = (over: object): AlertRules =>
    ({ rules: [{ ...first, ...over }], people: [] }) as AlertRules;
  const set = (rules: AlertRules, baseVersion: number) =>
    ({ type: 'setAlertRules', rules, baseVersion, reason: 'a test' }) as const;

  it('are changed version by version; of two who change the same one, the second is told', () => {
    const firm = openGovernedFirm();
    expect(firm.ask('gia', set(rulesWith({ name: 'One' }), 0))).toBe('accepted');
    expect(firm.ask('hana', set(rulesWith({ name: 'Two' }), 0))).toMatch(
      /^conflict: somebody has changed the rules since/,
    );
    expect(firm.ask('hana', set(rulesWith({ name: 'Two' }), 1))).toBe('accepted');
    const { rules, version, changed } = firm.partition.governance.alerting;
    expect([rules.rules[0]?.name, version, changed?.personId]).toEqual(['Two', 2, 'hana']);
  });

  it.each(['finn', 'cleo', 'edda'])('are not changed by %s', (personId) => {
    const firm = openGovernedFirm();
    expect(firm.ask(personId, set(rulesWith({}), 0))).toBe(
      'forbidden: no role of yours allows this',
    );
  });

  it.each(['gia', 'jona', 'ada'])('are changed by %s', (personId) => {
    const firm = openGovernedFirm();
    expect(firm.ask(personId, set(rulesWith({}), 0))).toBe('accepted');
  });

  it('name no zone that there is not, and nobody whom the firm does not know', () => {
    const firm = openGovernedFirm();
    const nowhere = rulesWith({ quiet: [{ ...quiet, zone: 'Mars/Olympus' }] });
    expect(firm.ask('gia', set(nowhere, 0))).toMatch(/^invalid: there is no zone "Mars\/Olympus"/);
    const stranger = rulesWith({ tell: { ...first?.tell, persons: ['nobody'] } });
    expect(firm.ask('gia', set(stranger, 0))).toBe('invalid: there is no person nobody');
    const own = { ...rulesWith({}), people: [{ personId: 'nobody', quiet: [quiet] }] };
    expect(firm.ask('gia', set(own, 0))).toBe('invalid: there is no person nobody');
  });

  it('come out of the log as they went in', () => {
    const firm = openGovernedFirm();
    firm.as('gia', set(rulesWith({ quiet: [quiet] }), 0));
    const again = createGovernance();
    for (const fact of firm.store.stream(0, 'firm')) again.apply(fact);
    expect(again.alerting.rules).toEqual(firm.partition.governance.alerting.rules);
    expect(again.alerting.rules.rules[0]?.quiet).toEqual([quiet]);
  });
});

describe('an escalation', () => {
  const wish: ServerIntent = {
    type: 'escalateAlerts',
    escalation: {
      group: 'g',
      ruleId: 'breaches',
      ruleName: 'Breaches',
      level: 1,
      severity: 'hard',
      open: 3,
      firstSeq: 1,
      tell: { by: [], roles: [], persons: [], mailboxes: [], hooks: [] },
    },
  };

  it('is said once, and never by a person', () => {
    const firm = openGovernedFirm();
    expect([firm.system(wish), firm.system(wish)]).toEqual([
      'accepted',
      'invalid: it was escalated so far already',
    ]);
    expect(firm.ask('ada', wish as never)).toBe('forbidden: no person may do this');
  });
});

describe('a desk that has just come', () => {
  it('sees the latest alerts with who has seen them, also after one act that acknowledged many', () => {
    const firm = ruined('A1', 'A2', 'A3', 'A4', 'A5');
    const seqs = breachesOf(firm);
    firm.as('finn', all(seqs));
    const recent = recentAlerts(firm.store, 8);
    const kinds = recent.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'alertAcknowledged').length).toBeLessThanOrEqual(4);
    expect(kinds.filter((kind) => kind !== 'alertAcknowledged')).toHaveLength(4);
    const order = recent.map(({ envelope }) => envelope.seq);
    expect(order).toEqual([...order].sort((one, other) => one - other));
  });
});
