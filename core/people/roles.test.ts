import { describe, expect, it } from 'vitest';
import { present } from '#core/kernel/assert.ts';
import { createPeople, type People } from './people.ts';
import {
  ACTION_NAMES,
  ACTIONS,
  EVERYWHERE,
  isPermitted,
  MATRIX,
  ROLES,
  roleSchema,
  scopeSchema,
  type About,
  type Action,
  type Grant,
  type Role,
  type Scope,
} from './roles.ts';

/**
 * Who may do what, written a second time: whoever changes the matrix changes it here as well, and
 * thinks about it once more. A column is a role; "x" may, "." may not.
 */
const TABLE = `
                    riskOfficer seniorRiskOfficer payoutApprover finance supportAgent compliance manager admin auditor
  view              x           x                 x              x       x            x          x       x     x
  viewPayouts       x           x                 x              x       x            x          x       .     x
  viewPeople        .           .                 .              .       .            x          x       x     x
  viewAudit         .           x                 .              x       .            x          x       x     x
  exportAudit       .           .                 .              .       .            x          x       x     x
  acknowledgeAlert  x           x                 .              .       .            x          .       .     .
  changeAlertRules  .           x                 .              .       .            .          x       x     .
  directAccount     x           x                 .              .       .            x          .       .     .
  acceptChange      x           x                 .              .       x            .          .       .     .
  workOrders        .           x                 .              x       x            .          x       .     .
  requestSuccessor  x           x                 .              .       x            .          .       .     .
  previewImpact     x           x                 .              .       .            .          x       .     .
  enrolKey          x           x                 x              x       .            x          x       x     .
  proposePublishing x           x                 .              .       .            .          x       .     .
  approvePublishing .           x                 .              .       .            .          x       .     .
  proposeOverride   x           x                 .              .       .            .          .       .     .
  approveOverride   .           x                 .              .       .            .          x       .     .
  proposeAdjustment .           x                 .              x       .            .          .       .     .
  approveAdjustment .           x                 .              x       .            .          x       .     .
  proposePeople     .           .                 .              .       .            .          .       x     .
  approvePeople     .           .                 .              .       .            .          .       x     .
  proposeLimits     .           .                 .              .       .            .          x       x     .
  approveLimits     .           .                 .              .       .            .          x       x     .
  proposeExposure   x           x                 .              .       .            .          x       .     .
  approveExposure   .           x                 .              .       .            .          x       .     .
  reviewPayout      x           x                 x              .       .            x          .       .     .
  holdPayout        x           x                 x              x       .            x          .       .     .
  approvePayout     .           .                 x              .       .            .          x       .     .
  settlePayment     .           .                 .              x       .            .          .       .     .
  reconcile         .           .                 .              x       .            .          .       .     .
  viewCases         x           x                 x              .       .            x          x       .     x
  workCases         x           x                 .              .       .            x          .       .     .
  assignCases       .           x                 .              .       .            x          x       .     .
  reviewCases       x           x                 .              .       .            x          .       .     .
  proposeConsequence x          x                 .              .       .            x          .       .     .
  approveConsequence x          x                 .              .       .            x          x       .     .
  proposeScoring    x           x                 .              .       .            .          x       .     .
  approveScoring    .           x                 .              .       .            x          x       .     .
  viewTickets       x           x                 x              x       x            x          x       .     x
  workTickets       x           x                 .              .       x            x          .       .     .
  decideDisputes    x           x                 .              .       .            x          x       .     .
  shareStanding     x           x                 .              .       x            x          .       .     .
  workItems         x           x                 x              x       x            x          x       .     .
  assignWork        .           x                 .              .       .            x          x       .     .
  changeWorkPolicy  .           .                 .              .       .            .          x       x     .
  viewKpis          .           x                 .              x       .            x          x       x     x
  setKpiGoals       .           .                 .              .       .            .          x       .     .
  scheduleReports   .           .                 .              .       .            .          x       x     .
`;

const [header = '', ...rows] = TABLE.split('\n').filter((line) => line.trim() !== '');
const columns = header.trim().split(/\s+/);
const table = rows.map((row) => {
  const [action = '', ...marks] = row.trim().split(/\s+/);
  return { action, marks };
});
const cells = table.flatMap(({ action, marks }) =>
  columns.map((role, at) => ({ role, action, may: marks[at] === 'x' })),
);

const grant = (role: Role, scope: Partial<Scope> = {}): Grant => ({
  role,
  scope: { ...EVERYWHERE, ...scope },
});

describe('the matrix of roles and actions', () => {
  it('has every role and every action in the table, each once', () => {
    expect(columns).toEqual(ROLES);
    expect(table.map(({ action }) => action)).toEqual(ACTION_NAMES);
    expect(table.every(({ marks }) => marks.length === ROLES.length)).toBe(true);
    expect(table.flatMap(({ marks }) => marks).filter((mark) => !'x.'.includes(mark))).toEqual([]);
  });

  it.each(cells)('$role, $action: $may', ({ role, action, may }) => {
    expect(isPermitted([grant(role as Role)], action as Action)).toBe(may);
  });

  it('names no action twice in a row, and explains every action', () => {
    for (const role of ROLES) expect(new Set(MATRIX[role]).size).toBe(MATRIX[role].length);
    for (const action of ACTION_NAMES) expect(ACTIONS[action]).toMatch(/^[A-Z].{9,}[^.]$/);
  });

  it('lets nobody who only looks change anything', () => {
    const looks: readonly Action[] = [
      'view',
      'viewPayouts',
      'viewPeople',
      'viewAudit',
      'viewCases',
      'viewTickets',
      'viewKpis',
    ];
    expect(MATRIX.auditor.filter((action) => !looks.includes(action))).toEqual(['exportAudit']);
  });

  it('gives who looks after people no say over payouts, and who approves payouts none over people', () => {
    const overPeople: readonly Action[] = ['proposePeople', 'approvePeople'];
    const overMoney: readonly Action[] = ['approvePayout', 'approveAdjustment', 'settlePayment'];
    for (const role of ROLES) {
      const rules = MATRIX[role].some((action) => overPeople.includes(action));
      const pays = MATRIX[role].some((action) => overMoney.includes(action));
      expect([role, rules && pays]).toEqual([role, false]);
    }
  });
});

/** Scopes and what is asked about, small enough to try every combination of them. */
const PROGRAMS = [null, [], ['a'], ['b'], ['a', 'b']] as const;
const REGIONS = [null, [], ['CZ'], ['CZ', 'DE']] as const;
const LIMITS = [null, 0, 100, 200] as const;
const SCOPES: readonly Scope[] = PROGRAMS.flatMap((programs) =>
  REGIONS.flatMap((regions) =>
    LIMITS.map((upTo) => ({
      programs: programs && [...programs],
      regions: regions && [...regions],
      upTo,
    })),
  ),
);
const ABOUTS: readonly About[] = [undefined, null, 'a', 'b', 'c'].flatMap((programId) =>
  [undefined, null, 'CZ', 'DE', 'FR'].flatMap((region) =>
    [undefined, 0, 100, 101, 200, 201].map((amount) => ({
      ...(programId === undefined ? {} : { programId }),
      ...(region === undefined ? {} : { region }),
      ...(amount === undefined ? {} : { amount }),
    })),
  ),
);

/** Counted by hand, so that a list that shrinks is noticed. */
const ONE_GRANT = 5 * 4 * 4 * (5 * 5 * 6);
const THREE_GRANTS = 80 * 80 * 150;

/** In words: what stands against it, one reason each; a grant allows what nothing stands against. */
function reasonsAgainst({ programs, regions, upTo }: Scope, about: About): string[] {
  const reasons: string[] = [];
  if (programs && 'programId' in about && !programs.some((one) => one === about.programId)) {
    reasons.push('another program, or one that nobody knows');
  }
  if (regions && 'region' in about && !regions.some((one) => one === about.region)) {
    reasons.push('another region, or one that nobody knows');
  }
  if (upTo !== null && (about.amount ?? 0) > upTo) reasons.push('too much');
  return reasons;
}

describe('the scope of a role', () => {
  it(`limits it to its programs, its regions and its amount, in all ${ONE_GRANT} combinations`, () => {
    let tried = 0;
    for (const scope of SCOPES) {
      for (const about of ABOUTS) {
        tried += 1;
        const may = isPermitted([{ role: 'payoutApprover', scope }], 'approvePayout', about);
        const text = JSON.stringify({ scope, about });
        expect([text, may]).toEqual([text, reasonsAgainst(scope, about).length === 0]);
      }
    }
    expect(tried).toBe(ONE_GRANT);
  });

  it(`adds up over grants, and borrows nothing from each other, in all ${THREE_GRANTS} combinations`, () => {
    let tried = 0;
    const wrong: string[] = [];
    for (const one of SCOPES) {
      for (const other of SCOPES) {
        const grants: Grant[] = [
          { role: 'payoutApprover', scope: one },
          { role: 'auditor', scope: EVERYWHERE },
          { role: 'manager', scope: other },
        ];
        for (const about of ABOUTS) {
          tried += 1;
          const allowed = [one, other].some((scope) => reasonsAgainst(scope, about).length === 0);
          if (isPermitted(grants, 'approvePayout', about) !== allowed) {
            wrong.push(JSON.stringify({ one, other, about }));
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBe(THREE_GRANTS);
  });

  it('never gives an action that the role does not have, whatever it covers', () => {
    for (const scope of SCOPES) {
      for (const about of ABOUTS) {
        expect(isPermitted([{ role: 'finance', scope }], 'approvePayout', about)).toBe(false);
      }
    }
  });

  it('is refused with a region that there cannot be, a program without a name, or half an amount', () => {
    expect(scopeSchema.safeParse({ ...EVERYWHERE, regions: ['Czechia'] }).success).toBe(false);
    expect(scopeSchema.safeParse({ ...EVERYWHERE, programs: [''] }).success).toBe(false);
    expect(scopeSchema.safeParse({ ...EVERYWHERE, upTo: 0.5 }).success).toBe(false);
    expect(scopeSchema.safeParse({ programs: null, regions: null }).success).toBe(false);
    expect(scopeSchema.safeParse({ ...EVERYWHERE, accounts: null }).success).toBe(false);
  });
});

function peopleWith(role: Role): People {
  const people = createPeople();
  people.add('p');
  people.grant('p', role, EVERYWHERE, 10);
  return people;
}
const allowedTo = (people: People, personId: string): Action[] =>
  ACTION_NAMES.filter((action) => people.may(personId, action));

describe('without a grant', () => {
  it('nothing is permitted, to nobody', () => {
    for (const action of ACTION_NAMES) {
      for (const about of ABOUTS) expect(isPermitted([], action, about)).toBe(false);
    }
  });

  it('an action that nobody has heard of is denied, whatever the role', () => {
    for (const action of ['', 'everything', 'constructor', '__proto__', 'length', 'View']) {
      const grants = ROLES.map((role) => grant(role));
      expect([action, isPermitted(grants, action as Action)]).toEqual([action, false]);
    }
  });

  it('no role but those of the list can be read', () => {
    for (const role of ['root', '', 'Admin', 'constructor', null, 0]) {
      expect(roleSchema.safeParse(role).success).toBe(false);
    }
  });

  it('a person whom nobody added may do nothing, and being granted a role changes that not at all', () => {
    const people = createPeople();
    people.grant('stranger', 'admin', EVERYWHERE, 1);
    expect(allowedTo(people, 'stranger')).toEqual([]);
    expect(people.whoMay('approvePeople')).toEqual([]);
  });

  it('a person without a role may do nothing', () => {
    const people = createPeople();
    people.add('p');
    expect(allowedTo(people, 'p')).toEqual([]);
  });

  it.each(ROLES)(
    'a person who is %s no more may do nothing, and did so while the role was held',
    (role) => {
      const people = peopleWith(role);
      expect(allowedTo(people, 'p')).toEqual(
        ACTION_NAMES.filter((one) => MATRIX[role].includes(one)),
      );
      people.revoke('p', role, 20);
      expect(allowedTo(people, 'p')).toEqual([]);
      const action = present(MATRIX[role][0], 'an action');
      const held = [9, 10, 19, 20].map((seq) => people.mightAt('p', seq, action));
      expect(held).toEqual([false, true, true, false]);
    },
  );

  it('a person who left may do nothing, and gets no role back by coming back', () => {
    const people = peopleWith('manager');
    people.deactivate('p', 20);
    expect(allowedTo(people, 'p')).toEqual([]);
    people.add('p');
    expect(allowedTo(people, 'p')).toEqual([]);
    people.grant('p', 'auditor', EVERYWHERE, 30);
    expect(people.whoMay('viewAudit')).toEqual(['p']);
    expect(people.whoMay('approvePayout')).toEqual([]);
  });

  it('a person who left may do nothing even with a role that was granted since', () => {
    const people = peopleWith('manager');
    people.deactivate('p', 20);
    people.grant('p', 'auditor', EVERYWHERE, 30);
    expect(allowedTo(people, 'p')).toEqual([]);
    expect(people.whoMay('view')).toEqual([]);
  });

  it('taking one role away leaves the others', () => {
    const people = peopleWith('manager');
    people.grant('p', 'finance', EVERYWHERE, 11);
    people.revoke('p', 'manager', 20);
    expect(people.may('p', 'approvePayout')).toBe(false);
    expect(people.may('p', 'reconcile')).toBe(true);
  });

  it('what a person could do then is asked of the scope of then', () => {
    const people = createPeople();
    people.add('p');
    people.grant('p', 'payoutApprover', { ...EVERYWHERE, upTo: 100 }, 10);
    people.revoke('p', 'payoutApprover', 20);
    people.grant('p', 'payoutApprover', EVERYWHERE, 20);
    const about = { amount: 101 };
    expect(people.may('p', 'approvePayout', about)).toBe(true);
    expect(people.mightAt('p', 15, 'approvePayout', about)).toBe(false);
    expect(people.mightAt('p', 20, 'approvePayout', about)).toBe(true);
  });
});
