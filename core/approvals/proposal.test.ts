import { describe, expect, it } from 'vitest';
import type { Role } from '#core/people/roles.ts';
import type { DecisionType, Grounds } from './decision.ts';
import type { Required } from './policy.ts';
import {
  approversOf,
  countedOn,
  standingOf,
  standsAgainst,
  type Proposal,
  type Received,
  type Standing,
} from './proposal.ts';

const CLAUSE: Grounds = {
  type: 'clause',
  ruleId: 'news',
  facts: [7],
  trades: [],
  quantity: '4 trades under 120 s',
};
const DISCRETION: Grounds = { type: 'discretion', reviewOn: '2026-12-01' };

/** What a person may say. `rejectClause` rests on a clause, `rejectFreely` on discretion. */
const WORDS = ['approve', 'rejectClause', 'rejectFreely', 'hold', 'release'] as const;
type Word = (typeof WORDS)[number];
interface Said {
  readonly person: string;
  readonly word: Word;
}

const PERSONS = ['kim', 'lee', 'mia', 'noa'] as const;
/** One of them is a manager, for policies that ask for one. */
const rolesOf = (person: string): readonly Role[] =>
  person === 'kim' ? ['payoutApprover', 'manager'] : ['payoutApprover'];
const TWO: Required = { approvals: 2, oneOf: [] };
const TWO_WITH_MANAGER: Required = { approvals: 2, oneOf: [['manager', 'admin']] };

function received({ person, word }: Said, at: number, version = 1): Received {
  const rejection = word === 'rejectClause' || word === 'rejectFreely';
  return {
    seq: at + 1,
    decisionId: `d-${at}`,
    version,
    decision: (rejection ? 'reject' : word) as DecisionType,
    personId: person,
    keyId: `key-of-${person}`,
    grounds: word === 'rejectClause' ? CLAUSE : word === 'rejectFreely' ? DISCRETION : null,
    reason: '',
    verdict: { type: 'counted' },
    at,
  };
}

function proposalWith(all: readonly Received[], version = 1): Proposal {
  return {
    proposalId: 'p',
    action: 'payPayout',
    about: { accountId: 'a', traderId: 't', programId: 'x', region: null, personId: null },
    openedSeq: 1,
    openedAt: 0,
    expiresAt: 1_000,
    decideBy: 500,
    version,
    versionSeq: 1,
    params: {},
    snapshot: '0'.repeat(64),
    amount: 1,
    reason: '',
    makers: [],
    coolingUntil: null,
    received: all,
    approved: null,
    closed: null,
    escalated: 0,
  };
}

/** "kim approve, lee hold": what was said, in order. */
function said(text: string): Said[] {
  return text.split(', ').map((part) => {
    const [person = '', word = ''] = part.split(' ');
    return { person, word: word as Word };
  });
}
const standingAfter = (text: string, required = TWO): Standing =>
  standingOf(proposalWith(said(text).map((one, at) => received(one, at))), required, rolesOf);

/**
 * The same laws a second time, written as statements about the moments of a history and not as a
 * machine that walks through it. `here` is the number of words said so far.
 *
 * - A person is for it when the person's last approval or rejection is an approval.
 * - A hold or rejection binds until its person releases, or the proposal is lifted.
 * - A person is free at a release when none of the person's own words bound just before; and where
 *   a rejection bound just before, only when the person was not for it.
 * - It is lifted by a free release that follows another person's free release, with no hold, no
 *   rejection and no lifting between the two.
 */
class Law {
  readonly words: Said[] = [];
  private readonly free: boolean[] = [];
  private readonly lifts: boolean[] = [];

  say(one: Said): void {
    const here = this.words.length;
    this.words.push(one);
    const isFree = one.word === 'release' && this.isFreeAt(one.person, here);
    this.free.push(isFree);
    this.lifts.push(isFree && this.hasPartner(one.person, here));
  }

  unsay(): void {
    this.words.pop();
    this.free.pop();
    this.lifts.pop();
  }

  standing(required: Required): Standing {
    const here = this.words.length;
    const against = PERSONS.filter((person) => this.rejects(person, here) !== null);
    const supporters = PERSONS.filter((person) => this.isFor(person, here));
    const others = supporters.filter((person) => !against.includes(person));
    const byClause = against.some((person) => this.rejects(person, here) === 'rejectClause');
    if (against.length >= 2) return 'refused';
    if (against.length === 1 && others.length > 0) return 'contested';
    if (byClause) return 'refused';
    if (PERSONS.some((person) => this.holds(person, here))) return 'held';
    if (against.length === 1) return 'open';
    const roles = supporters.flatMap(rolesOf);
    const hasEach = required.oneOf.every((some) => roles.some((role) => some.includes(role)));
    return hasEach && supporters.length >= required.approvals ? 'agreed' : 'open';
  }

  private isFreeAt(person: string, here: number): boolean {
    if (this.holds(person, here) || this.rejects(person, here) !== null) return false;
    const someoneRejects = PERSONS.some((one) => this.rejects(one, here) !== null);
    return !(someoneRejects && this.isFor(person, here));
  }

  private hasPartner(person: string, here: number): boolean {
    for (let at = here - 1; at >= 0; at -= 1) {
      const { word, person: other } = this.words[at] as Said;
      if (this.lifts[at] || word === 'hold' || word.startsWith('reject')) return false;
      if (this.free[at] && other !== person) return true;
    }
    return false;
  }

  private isFor(person: string, here: number): boolean {
    const spoken = this.words
      .slice(0, here)
      .filter(({ person: one, word }) => one === person && /^(approve|reject)/.test(word));
    return spoken.at(-1)?.word === 'approve';
  }

  private holds(person: string, here: number): boolean {
    return this.binding(person, here, (word) => word === 'hold') !== null;
  }

  private rejects(person: string, here: number): Word | null {
    return this.binding(person, here, (word) => word.startsWith('reject'));
  }

  /** The person's latest such word, unless it was taken back or lifted since. */
  private binding(person: string, here: number, isSuch: (word: Word) => boolean): Word | null {
    for (let at = here - 1; at >= 0; at -= 1) {
      const one = this.words[at] as Said;
      if (this.lifts[at] || (one.person === person && one.word === 'release')) return null;
      if (one.person === person && isSuch(one.word)) return one.word;
    }
    return null;
  }
}

const LENGTH_MAX = 5;
const EVERYTHING: readonly Said[] = PERSONS.flatMap((person) =>
  WORDS.map((word) => ({ person, word })),
);
/** 20 words of four persons, in sequences of none to five. */
const SEQUENCES = [0, 1, 2, 3, 4, 5].reduce((sum, length) => sum + 20 ** length, 0);

/** Calls back once for every sequence up to a length; gives how many there were. */
function everySequence(
  lengthMax: number,
  look: (law: Law, all: readonly Received[]) => void,
): number {
  const law = new Law();
  const all: Received[] = [];
  const walk = (): number => {
    look(law, all);
    if (all.length === lengthMax) return 1;
    let count = 1;
    for (const one of EVERYTHING) {
      law.say(one);
      all.push(received(one, all.length));
      count += walk();
      all.pop();
      law.unsay();
    }
    return count;
  };
  return walk();
}

describe('what decisions come to', () => {
  it(`follows the laws in all ${SEQUENCES} histories of up to ${LENGTH_MAX} words of four persons`, () => {
    const wrong: string[] = [];
    const seen: Record<string, number> = {};
    const count = everySequence(LENGTH_MAX, (law, all) => {
      const proposal = proposalWith(all);
      // The longest are most of the time that this takes: they are asked the harder question alone.
      for (const required of all.length < LENGTH_MAX
        ? [TWO, TWO_WITH_MANAGER]
        : [TWO_WITH_MANAGER]) {
        const standing = standingOf(proposal, required, rolesOf);
        seen[standing] = (seen[standing] ?? 0) + 1;
        const wanted = law.standing(required);
        if (standing === wanted || wrong.length >= 5) continue;
        const text = law.words.map(({ person, word }) => `${person} ${word}`).join(', ');
        wrong.push(`${text}: ${standing}, wanted ${wanted}`);
      }
    });
    expect(wrong).toEqual([]);
    expect(count).toBe(SEQUENCES);
    expect(Object.keys(seen).sort()).toEqual(['agreed', 'contested', 'held', 'open', 'refused']);
  });

  it('is agreed in none of them but where two persons’ last word on it is to approve', () => {
    everySequence(4, (_law, all) => {
      const proposal = proposalWith(all);
      if (standingOf(proposal, TWO, rolesOf) !== 'agreed') return;
      const last = new Map(
        all.flatMap(({ personId, decision }) =>
          ['approve', 'reject'].includes(decision) ? [[personId, decision]] : [],
        ),
      );
      const approving = [...last.values()].filter((decision) => decision === 'approve');
      expect(approving.length).toBeGreaterThanOrEqual(2);
    });
  });

  it('can always be stopped by one person more: a hold ends what was agreed', () => {
    everySequence(3, (_law, all) => {
      if (standingOf(proposalWith(all), TWO, rolesOf) !== 'agreed') return;
      for (const person of PERSONS) {
        const more = [...all, received({ person, word: 'hold' }, all.length)];
        expect(standingOf(proposalWith(more), TWO, rolesOf)).toBe('held');
      }
    });
  });
});

describe('approvals', () => {
  it.each([
    ['kim approve', 'open'],
    ['kim approve, lee approve', 'agreed'],
    ['kim approve, kim approve', 'open'],
    ['kim approve, lee approve, lee rejectFreely, lee release', 'open'],
  ] as const)('%s: %s', (text, standing) => {
    expect(standingAfter(text)).toBe(standing);
  });

  it('of enough persons do not do where a role that is asked for is not among them', () => {
    expect(standingAfter('lee approve, mia approve, noa approve', TWO_WITH_MANAGER)).toBe('open');
    expect(standingAfter('lee approve, kim approve', TWO_WITH_MANAGER)).toBe('agreed');
  });

  it('of nobody do where nobody is needed, until somebody stands against it', () => {
    const nobody: Required = { approvals: 0, oneOf: [] };
    expect(standingOf(proposalWith([]), nobody, rolesOf)).toBe('agreed');
    expect(standingAfter('kim hold', nobody)).toBe('held');
    expect(standingAfter('kim rejectFreely', nobody)).toBe('open');
  });

  it('that did not count are none', () => {
    const stale = { type: 'notCounted', code: 'stale', message: '' } as const;
    const all = said('kim approve, lee approve').map((one, at) => received(one, at));
    const [first, second] = all.map((one) => ({ ...one, verdict: stale }));
    expect(standingOf(proposalWith([...all.slice(0, 1), second as Received]), TWO, rolesOf)).toBe(
      'open',
    );
    expect(standingOf(proposalWith([first as Received, ...all]), TWO, rolesOf)).toBe('agreed');
  });

  it('name each person once, in the order in which they spoke', () => {
    const all = said('lee approve, kim approve, lee approve, mia approve, mia rejectFreely');
    const proposal = proposalWith(all.map((one, at) => received(one, at)));
    expect(approversOf(countedOn(proposal))).toEqual(['lee', 'kim']);
  });
});

describe('rejections', () => {
  it.each([
    ['one person refuses on a clause', 'kim rejectClause', 'refused'],
    ['one person alone cannot refuse at discretion', 'kim rejectFreely', 'open'],
    ['two persons can', 'kim rejectFreely, lee rejectFreely', 'refused'],
    ['the same person twice is one person', 'kim rejectFreely, kim rejectFreely', 'open'],
    [
      'one at discretion keeps it from being agreed',
      'kim rejectFreely, lee approve, mia approve',
      'contested',
    ],
    ['an approval against a clause is a contest', 'lee approve, kim rejectClause', 'contested'],
    ['the order of the two changes nothing', 'kim rejectClause, lee approve', 'contested'],
    [
      'a second rejection ends the contest',
      'lee approve, kim rejectClause, mia rejectFreely',
      'refused',
    ],
    ['who approves and then rejects, rejects', 'kim approve, kim rejectClause', 'refused'],
    [
      'who rejects and then approves has not taken it back',
      'kim rejectClause, kim approve',
      'refused',
    ],
    [
      'taking it back takes a release of one’s own',
      'lee approve, kim rejectClause, kim release, kim approve',
      'agreed',
    ],
    [
      'one who approved it cannot lift a rejection',
      'lee approve, mia approve, kim rejectClause, lee release, mia release',
      'contested',
    ],
    [
      'one release takes back all of one’s own words against it',
      'lee approve, kim approve, noa rejectClause, noa hold, noa release',
      'agreed',
    ],
  ] as const)('%s (%s): %s', (_law, text, standing) => {
    expect(standingAfter(text)).toBe(standing);
  });

  it('two who have not approved it lift it, and it is agreed where enough others approve', () => {
    const text = 'kim approve, lee rejectClause, mia release, noa release';
    expect(standingAfter(text)).toBe('open');
    expect(standingAfter(`${text}, mia approve`)).toBe('agreed');
  });
});

describe('a hold', () => {
  it.each([
    ['stops what is agreed', 'kim approve, lee approve, mia hold', 'held'],
    [
      'ends by its own person’s release',
      'kim approve, lee approve, mia hold, mia release',
      'agreed',
    ],
    [
      'does not end by one other’s release',
      'kim approve, lee approve, mia hold, noa release',
      'held',
    ],
    [
      'ends by two others’ release, also of those who approve',
      'kim approve, lee approve, mia hold, kim release, noa release',
      'agreed',
    ],
    [
      'does not end by one other’s release said twice',
      'kim approve, lee approve, mia hold, noa release, noa release',
      'held',
    ],
    [
      'that is put again needs two releases again',
      'kim approve, lee approve, mia hold, noa release, mia hold, kim release',
      'held',
    ],
    [
      'of another is not lifted by who lets go of an own one',
      'kim approve, lee approve, mia hold, noa hold, noa release, kim release',
      'held',
    ],
    [
      'shows, where one person alone rejects at discretion as well',
      'kim rejectFreely, lee hold',
      'held',
    ],
    ['keeps no rejection from refusing', 'kim hold, lee rejectClause', 'refused'],
  ] as const)('%s (%s): %s', (_law, text, standing) => {
    expect(standingAfter(text)).toBe(standing);
  });
});

describe('another version', () => {
  const first = said('kim approve, lee approve, mia rejectFreely').map((one, at) =>
    received(one, at),
  );
  const again = said('kim approve, lee approve').map((one, at) => received(one, 10 + at, 2));

  it('voids every approval and every rejection of the one before', () => {
    expect(standingOf(proposalWith(first, 2), TWO, rolesOf)).toBe('open');
    expect(countedOn(proposalWith(first, 2))).toEqual([]);
    expect(standingOf(proposalWith([...first, ...again], 2), TWO, rolesOf)).toBe('agreed');
  });

  it('takes nobody’s hold away: it ends as any other', () => {
    const held = [...first, received({ person: 'noa', word: 'hold' }, 5)];
    expect(standingOf(proposalWith([...held, ...again], 2), TWO, rolesOf)).toBe('held');
    expect(standsAgainst(proposalWith([...held, ...again], 2), 'noa')).toBe(true);
    const released = [...held, ...again, received({ person: 'noa', word: 'release' }, 20, 2)];
    expect(standingOf(proposalWith(released, 2), TWO, rolesOf)).toBe('agreed');
  });
});

describe('who stands against it', () => {
  it.each([
    ['kim hold', true],
    ['kim rejectFreely', true],
    ['kim hold, kim release', false],
    ['kim hold, lee release, mia release', false],
    ['lee hold', false],
    ['kim approve', false],
  ] as const)('%s: %s', (text, stands) => {
    const proposal = proposalWith(said(text).map((one, at) => received(one, at)));
    expect(standsAgainst(proposal, 'kim')).toBe(stands);
  });
});
