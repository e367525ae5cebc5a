import { describe, expect, it } from 'vitest';
import { present } from '#core/kernel/assert.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { MATRIX, type Action, type Role } from '#core/people/roles.ts';
import { actOnCaseSchema, CASE_VERBS, type CaseVerb, type CaseVerbName } from './act.ts';
import { authorOf, isSubstance, lockOf, stateOf, type CaseFile, type CaseLock } from './cases.ts';
import { isInSample } from './learning.ts';
import { aSignal } from './testing/a-signal.ts';
import { onlyCase, openCaseLog, type CaseLog } from './testing/case-log.ts';
import { WORK_PER_CASE_MAX, LOCK_MS, SNOOZE_MAX_MS, VERB_PERMITS } from './work.ts';

const REASON = { reason: 'because of a test' };
const DISMISS = { verb: 'dismiss', code: 'household', ...REASON, departure: null } as const;
const WARN = { verb: 'warn', code: 'copiedTrades', ...REASON, departure: null } as const;

/** One open case with two matters, so that it can be split, and another to merge it into. */
function openCase(over: Parameters<typeof openCaseLog>[0] = {}): { log: CaseLog; caseId: string } {
  const log = openCaseLog(over);
  log.raise(aSignal({ key: 'other', traders: ['T9'], accounts: ['A9'] }));
  const other = onlyCase(log);
  log.raise(aSignal({ key: 'a' }), aSignal({ key: 'b', strength: 800 }));
  const caseId = present(
    [...log.cases.live()].find((file) => file.caseId !== other),
    'the case',
  ).caseId;
  return { log, caseId };
}
const file = ({ log, caseId }: { log: CaseLog; caseId: string }): CaseFile =>
  present(log.cases.file(caseId), caseId);

/** Every verb as somebody might send it. */
function verbsFor({ log, caseId }: { log: CaseLog; caseId: string }): readonly CaseVerb[] {
  const [first] = [...file({ log, caseId }).signals.values()];
  const into = present(
    [...log.cases.all()].find((one) => one.caseId !== caseId),
    'another case',
  ).caseId;
  return [
    { verb: 'claim' },
    { verb: 'renew' },
    { verb: 'release' },
    { verb: 'assign', to: 'ada' },
    { verb: 'assign', to: null },
    { verb: 'snooze', until: log.at + 1_000, ...REASON },
    { verb: 'note', text: 'seen', mentions: ['bo'] },
    { verb: 'attach', name: 'a.txt', mediaType: '', size: 1, digest: 'a'.repeat(64), bytes: null },
    { verb: 'check', item: 'asked', done: true },
    { verb: 'merge', into, ...REASON },
    { verb: 'split', signalIds: [first?.seen.signalId ?? ''], ...REASON },
    { verb: 'escalate', ...REASON },
    DISMISS,
    WARN,
    { verb: 'reopen', ...REASON },
    { verb: 'review', outcome: 'warn', ...REASON },
  ];
}

describe('what a person does to a case', () => {
  it('is tried here with every verb that there is', () => {
    const tried = verbsFor(openCase()).map(({ verb }) => verb);
    expect([...new Set(tried)].sort()).toEqual([...CASE_VERBS].sort());
    expect(Object.keys(VERB_PERMITS).sort()).toEqual([...CASE_VERBS].sort());
  });

  it('fits its schema, as all that comes in has to', () => {
    const world = openCase();
    for (const act of verbsFor(world)) {
      const { success } = actOnCaseSchema.safeParse({ caseId: world.caseId, version: 1, act });
      expect([act.verb, success]).toEqual([act.verb, true]);
    }
  });

  it('is refused about a case that there is not, or that is part of another', () => {
    const world = openCase();
    const all = verbsFor(world);
    for (const act of all) {
      expect(world.log.act('ada', 'nothing', act)).toMatchObject({ error: { code: 'notFound' } });
    }
    const merge = present(
      all.find(({ verb }) => verb === 'merge'),
      'merge',
    );
    expect(world.log.act('ada', world.caseId, merge).ok).toBe(true);
    for (const act of all) {
      expect(world.log.act('ada', world.caseId, act)).toMatchObject({
        error: { message: expect.stringContaining('merged into') as string },
      });
    }
  });
});

/** Freely: no lock and no newer version stands against it. */
const FREE: readonly CaseVerbName[] = ['note', 'attach', 'check', 'review'];
const TAKING: readonly CaseVerbName[] = ['claim', 'renew', 'release'];
const HANDS_OUT: readonly CaseVerbName[] = ['assign', 'release'];
const BETWEEN = [0, LOCK_MS - 1, LOCK_MS] as const;

interface Step {
  readonly personId: 'ada' | 'bo';
  /** Index into verbsFor. */
  readonly verb: number;
  /** What the person had on screen: the case as it is, or as it was at the start. */
  readonly stale: boolean;
  readonly waits: number;
}

/** Two persons without a role over others' work, each wish of each, from a fresh or an old screen. */
const ACTS = verbsFor(openCase());
const STEPS: readonly Step[] = (['ada', 'bo'] as const).flatMap((personId) =>
  ACTS.flatMap((_act, verb) =>
    [false, true].flatMap((stale) =>
      (verb === 0 ? BETWEEN : [0]).map((waits) => ({ personId, verb, stale, waits })),
    ),
  ),
);
const isOfficer = (_person: string, action: Action): boolean => action !== 'assignCases';

/** One step with what stood before it, and what came of it. */
interface Taken {
  readonly act: CaseVerb;
  readonly personId: string;
  readonly before: CaseFile;
  readonly after: CaseFile;
  readonly at: number;
  readonly lock: CaseLock | null;
  /** Somebody else has it in hand. */
  readonly locked: boolean;
  /** Others changed it since the person looked. */
  readonly news: boolean;
  readonly result: ReturnType<CaseLog['act']>;
}

function take(world: { log: CaseLog; caseId: string }, step: Step, start: number): Taken {
  const { log, caseId } = world;
  const { personId } = step;
  log.at += step.waits;
  const before = { ...file(world), entries: [...file(world).entries] };
  const act = present(ACTS[step.verb], 'a verb');
  const wish = act.verb === 'merge' || act.verb === 'split' ? wishIn(world, act.verb) : act;
  const version = step.stale ? start : before.version;
  const lock = lockOf(before, log.at);
  const news = before.entries.some(
    (entry) => entry.seq > version && authorOf(entry) !== personId && isSubstance(entry),
  );
  const result = log.act(personId, caseId, wish, version);
  const locked = lock !== null && lock.personId !== personId;
  return { act, personId, before, after: file(world), at: log.at, lock, locked, news, result };
}

/** What has to hold of one step, and does not. */
function lawsBroken(world: { log: CaseLog; caseId: string }, step: Step, start: number): string[] {
  const taken = take(world, step, start);
  const { before, result } = taken;
  if (before.mergedInto !== null) {
    return result.ok ? ['something was done to a case that is part of another'] : [];
  }
  return result.ok ? lawsOfDone(taken) : lawsOfRefused(taken);
}

function lawsOfDone({ act, personId, before, after, at, locked, news, result }: Taken): string[] {
  const isFree = FREE.includes(act.verb);
  const decides = act.verb === 'dismiss' || act.verb === 'warn';
  const laws: readonly (readonly [boolean, string])[] = [
    [isFree || !locked, 'done in spite of another’s lock'],
    [isFree || TAKING.includes(act.verb) || !news, 'done on what the person had not seen'],
    [result.ok && result.value.drafts.length === 1, 'more than one thing was done'],
    [before.entries.every((entry, place) => after.entries[place] === entry), 'an entry was lost'],
    [act.verb !== 'claim' || lockOf(after, at)?.personId === personId, 'not locked'],
    [!decides || stateOf(before, at) !== 'decided', 'decided twice'],
    [!decides || stateOf(after, at) === 'decided', 'not decided'],
  ];
  return laws.flatMap(([holds, what]) => (holds ? [] : [what]));
}

function lawsOfRefused({ act, before, after, lock, locked, news, result }: Taken): string[] {
  const { code, message } = result.ok ? { code: '', message: '' } : result.error;
  const isFree = FREE.includes(act.verb);
  const saysWho = locked && !isFree && !HANDS_OUT.includes(act.verb);
  const saysWhat = news && !locked && code === 'conflict' && !isFree && !TAKING.includes(act.verb);
  const laws: readonly (readonly [boolean, string])[] = [
    [after.entries.length === before.entries.length, 'refused, and written'],
    [
      !saysWho || (code === 'conflict' && message.includes(lock?.personId ?? '?')),
      'who has it, unsaid',
    ],
    [!saysWhat || message.includes('meanwhile'), 'what happened, unsaid'],
    [!isFree || act.verb === 'review', `${act.verb} was refused: ${message}`],
  ];
  return laws.flatMap(([holds, what]) => (holds ? [] : [what]));
}

function wishIn(world: { log: CaseLog; caseId: string }, verb: 'merge' | 'split'): CaseVerb {
  return present(
    verbsFor(world).find((act) => act.verb === verb),
    verb,
  );
}

describe(`two persons on one case, all ${STEPS.length} first and second steps, and thirds`, () => {
  it('overwrite nothing of each other, and decide nothing that the other has in hand or changed', () => {
    const broken = new Set<string>();
    let tried = 0;
    for (const first of STEPS) {
      for (const second of STEPS) {
        const world = openCase({ may: isOfficer });
        const start = file(world).version;
        for (const step of [first, second]) {
          tried += 1;
          for (const what of lawsBroken(world, step, start)) {
            broken.add(`${JSON.stringify([first, second])}: ${what}`);
          }
        }
      }
    }
    expect([...broken].slice(0, 5)).toEqual([]);
    expect(tried).toBe(2 * STEPS.length ** 2);
  });

  it('do so over a third step, whichever it is, after any two that take, change or end something', () => {
    const telling = (step: Step): boolean =>
      !step.stale && [0, 3, 5, 6, 9, 10, 12].includes(step.verb) && step.waits !== LOCK_MS - 1;
    const [firsts, broken] = [STEPS.filter(telling), new Set<string>()];
    for (const first of firsts) {
      for (const second of firsts) {
        for (const third of STEPS) {
          const world = openCase({ may: isOfficer });
          const start = file(world).version;
          for (const step of [first, second, third]) {
            for (const what of lawsBroken(world, step, start)) {
              broken.add(`${JSON.stringify([first, second, third])}: ${what}`);
            }
          }
        }
      }
    }
    expect([...broken].slice(0, 5)).toEqual([]);
  }, 60_000);
});

describe('a case in hand', () => {
  it('is its person’s for ten minutes, and free to the millisecond after', () => {
    const world = openCase();
    const { log, caseId } = world;
    log.act('ada', caseId, { verb: 'claim' });
    log.at += LOCK_MS - 1;
    expect(log.act('bo', caseId, { verb: 'claim' })).toMatchObject({
      error: { code: 'conflict', message: 'ada has it in hand' },
    });
    log.at += 1;
    expect(log.act('bo', caseId, { verb: 'claim' }).ok).toBe(true);
    expect(log.act('ada', caseId, { verb: 'renew' })).toMatchObject({
      error: { code: 'conflict' },
    });
  });

  it('stays in hand while it is renewed, and wakes when it was put off', () => {
    const world = openCase();
    const { log, caseId } = world;
    log.act('ada', caseId, { verb: 'snooze', until: log.at + SNOOZE_MAX_MS, ...REASON });
    expect(stateOf(file(world), log.at)).toBe('snoozed');
    log.act('ada', caseId, { verb: 'claim' });
    expect(stateOf(file(world), log.at)).toBe('open');
    log.at += LOCK_MS - 1;
    log.act('ada', caseId, { verb: 'renew' });
    log.at += LOCK_MS - 1;
    expect(lockOf(file(world), log.at)?.personId).toBe('ada');
  });

  it('can be taken out of a person’s hands by who gives out the work, and by nobody else', () => {
    for (const mayAssign of [true, false]) {
      const { log, caseId } = openCase({
        may: (_person, action) => mayAssign || action !== 'assignCases',
      });
      log.act('ada', caseId, { verb: 'claim' });
      expect(log.act('bo', caseId, { verb: 'release' }).ok).toBe(mayAssign);
    }
  });

  it('can be put off for 30 days, and not into the past', () => {
    const { log, caseId } = openCase();
    const until = (ms: number) =>
      log.act('ada', caseId, { verb: 'snooze', until: log.at + ms, ...REASON }).ok;
    expect([until(SNOOZE_MAX_MS + 1), until(0), until(SNOOZE_MAX_MS)]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe('what others did meanwhile', () => {
  it('is told with who and what, and the person’s own deeds and mere taking are no news', () => {
    const world = openCase();
    const { log, caseId } = world;
    const { version } = file(world);
    log.act('ada', caseId, { verb: 'claim' });
    log.act('ada', caseId, { verb: 'release' });
    log.act('bo', caseId, { verb: 'note', text: 'mine', mentions: [] });
    expect(log.act('bo', caseId, { verb: 'escalate', ...REASON }, version).ok).toBe(true);
    expect(log.act('ada', caseId, DISMISS, version)).toMatchObject({
      error: {
        code: 'conflict',
        message: expect.stringMatching(
          /^meanwhile bo wrote a note \(entry \d+\); bo escalated it \(entry \d+\): look at it again$/,
        ) as string,
      },
    });
  });

  it('includes what surveillance saw: nobody dismisses evidence unseen', () => {
    const world = openCase();
    const { log, caseId } = world;
    const { version } = file(world);
    log.raise(aSignal({ key: 'c' }));
    expect(log.act('ada', caseId, DISMISS, version)).toMatchObject({
      error: { message: expect.stringContaining('surveillance saw more') as string },
    });
    expect(log.act('ada', caseId, DISMISS).ok).toBe(true);
  });
});

describe('a decision of one person', () => {
  it('is that of a senior once the case was escalated', () => {
    const { log, caseId } = openCase({
      may: (personId, action) => action !== 'assignCases' || personId === 'senior',
    });
    log.act('ada', caseId, { verb: 'escalate', ...REASON });
    expect(log.act('ada', caseId, DISMISS)).toMatchObject({ error: { code: 'forbidden' } });
    expect(log.act('senior', caseId, WARN).ok).toBe(true);
  });

  it('waits while a consequence is proposed', () => {
    const { log, caseId } = openCase({ proposalOn: () => 'p-1' });
    expect(log.act('ada', caseId, WARN)).toMatchObject({ error: { code: 'conflict' } });
  });

  it('keeps the letter it sends under the digest it records; a dismissal that nobody felt sends none', () => {
    const warned = openCase();
    const said = warned.log.act('ada', warned.caseId, WARN);
    const [content] = said.ok ? said.value.contents : [];
    const { text, digest } = present(content, 'a letter');
    expect(digestOfText(text)).toBe(digest);
    expect(file(warned).decided?.letter).toBe(digest);
    const dismissed = openCase();
    const silent = dismissed.log.act('ada', dismissed.caseId, DISMISS);
    expect(silent).toMatchObject({ value: { contents: [] } });
    expect(file(dismissed).decided?.letter).toBeNull();
  });

  it('says why where nearly all similar cases went otherwise', () => {
    const log = openCaseLog();
    for (let number = 0; number < 5; number += 1) {
      log.raise(aSignal({ key: `k${number}`, traders: [`S${number}`] }));
      const [live] = [...log.cases.live()];
      log.act('ada', present(live, 'a case').caseId, DISMISS);
    }
    log.raise(aSignal({ key: 'mine' }));
    const [mine] = [...log.cases.live()];
    const { caseId } = present(mine, 'a case');
    expect(log.act('ada', caseId, WARN)).toMatchObject({
      error: {
        code: 'invalid',
        message: '5 similar cases were nearly all dismissed: say why this one differs',
      },
    });
    const said = log.act('ada', caseId, { ...WARN, departure: 'he admitted it' });
    expect(said).toMatchObject({
      value: { drafts: [{ data: { departure: 'he admitted it' } }] },
    });
  });
});

describe('the roles', () => {
  const verbs = verbsFor(openCase());
  const cells = (['riskOfficer', 'manager', 'auditor', 'finance', 'compliance'] as const).flatMap(
    (role: Role) => verbs.map((act) => ({ role, act, verb: act.verb })),
  );

  it.each(cells)(
    '$role, $verb: only with the role’s action, in every program of the case',
    (cell) => {
      const { role, act } = cell;
      const mayIn = (programs: readonly string[]) =>
        openCase({
          may: (_person: string, action: Action, about?: { programId?: string | null }) =>
            MATRIX[role].includes(action) && programs.includes(about?.programId ?? ''),
        } as never);
      const permitted = VERB_PERMITS[act.verb].some((action) => MATRIX[role].includes(action));
      const code = (programs: readonly string[]): string => {
        const { log, caseId } = mayIn(programs);
        const result = log.act('ada', caseId, act.verb === 'merge' ? verbOf(log, caseId) : act);
        return result.ok ? 'ok' : result.error.code;
      };
      expect(code([])).toBe('forbidden');
      expect(code(['program']) === 'forbidden').toBe(!permitted || isForOthers(act, role));
    },
  );

  function verbOf(log: CaseLog, caseId: string): CaseVerb {
    return wishIn({ log, caseId }, 'merge');
  }
  /** Taking a case from nobody and giving it to somebody else is for who hands out the work. */
  function isForOthers(act: CaseVerb, role: Role): boolean {
    return act.verb === 'assign' && act.to === null && !MATRIX[role].includes('assignCases');
  }
});

describe('a case', () => {
  it('is split into two that hold all of it between them, each with its own score', () => {
    const world = openCase();
    const { log, caseId } = world;
    const [a, b] = [...file(world).signals.values()].map(({ seen }) => seen);
    const said = log.act('ada', caseId, {
      verb: 'split',
      signalIds: [present(a, 'a').signalId],
      ...REASON,
    });
    expect(said.ok).toBe(true);
    const fresh = present([...log.cases.all()].at(-1), 'the new case');
    expect([...fresh.signals.keys()]).toEqual([a?.matter]);
    expect([...file(world).signals.keys()]).toEqual([b?.matter]);
    expect([file(world).score, fresh.score]).toEqual([800, 900]);
    const all: CaseVerb = { verb: 'split', signalIds: [b?.signalId ?? ''], ...REASON };
    expect(log.act('ada', caseId, all)).toMatchObject({ error: { code: 'invalid' } });
  });

  it('that was merged brings its signals, and what was checked, to the other', () => {
    const world = openCase();
    const { log, caseId } = world;
    log.act('ada', caseId, { verb: 'check', item: 'asked', done: true });
    const merge = wishIn(world, 'merge');
    const signals = [...file(world).signals.keys()];
    expect(log.act('ada', caseId, merge).ok).toBe(true);
    const into = present(log.cases.file(merge.verb === 'merge' ? merge.into : ''), 'the other');
    expect([...into.signals.keys()]).toEqual(expect.arrayContaining(signals));
    expect([...into.checked.keys()]).toEqual(['asked']);
    expect(stateOf(file(world), log.at)).toBe('merged');
    expect(log.cases.withMatter(signals[0] ?? '')?.caseId).toBe(into.caseId);
  });

  it('takes so much work at the most; then it is decided', () => {
    const world = openCase();
    const { log, caseId } = world;
    for (let done = 0; done < WORK_PER_CASE_MAX; done += 1) {
      log.act('ada', caseId, { verb: 'note', text: 'again', mentions: [] });
    }
    expect(log.act('ada', caseId, { verb: 'claim' })).toMatchObject({ error: { code: 'invalid' } });
    expect(log.act('ada', caseId, DISMISS).ok).toBe(true);
  });
});

describe('a second opinion', () => {
  /** A decided case of the sample, and one that is not. */
  function decidedCase(inSample: boolean): { log: CaseLog; caseId: string } {
    for (let number = 0; number < 200; number += 1) {
      const log = openCaseLog();
      log.raise(aSignal({ key: `k${number}` }));
      const caseId = onlyCase(log);
      if (isInSample(caseId) !== inSample) continue;
      log.act('ada', caseId, WARN);
      return { log, caseId };
    }
    throw new Error('no such case among 200');
  }
  const judge = { verb: 'review', outcome: 'dismiss', ...REASON } as const;

  it('is given once, by a person who had no part in it, about a case of the sample', () => {
    const { log, caseId } = decidedCase(true);
    expect(log.act('ada', caseId, judge)).toMatchObject({ error: { code: 'invalid' } });
    expect(log.act('bo', caseId, judge).ok).toBe(true);
    expect(log.act('cy', caseId, judge)).toMatchObject({ error: { code: 'invalid' } });
  });

  it('is not asked about other cases, and is about what would end a case', () => {
    const other = decidedCase(false);
    expect(other.log.act('bo', other.caseId, judge)).toMatchObject({ error: { code: 'invalid' } });
    const { log, caseId } = decidedCase(true);
    expect(log.act('bo', caseId, { ...judge, outcome: 'payoutHold' })).toMatchObject({
      error: { message: 'say what would have ended it' },
    });
  });
});
