import { assert } from '#core/kernel/assert.ts';
import type { Result } from '#core/kernel/result.ts';
import type { Pattern } from '#core/fraud/detector.ts';
import type { ScoringPolicy } from '#core/fraud/scoring.ts';
import type { Signal } from '#core/fraud/signal.ts';
import type { Action } from '#core/people/roles.ts';
import type { CaseVerb } from '../act.ts';
import { createCases, type Cases } from '../cases.ts';
import { decideSignals, type SignalDraft } from '../decide-signals.ts';
import { decideWork, type CaseRefusal, type Work, type WorkDraft } from '../work.ts';

/** The patterns of detectors that tests make up. */
const PATTERN_OF: Readonly<Record<string, Pattern>> = {
  copyTrading: 'together',
  ring: 'together',
  hedging: 'opposite',
  sameDevice: 'identity',
  latency: 'prices',
};
export const patternOf = (detector: string): Pattern | null => PATTERN_OF[detector] ?? null;

export type AnyDraft = SignalDraft | WorkDraft;

/** A log of cases alone: decides, appends, folds. */
export interface CaseLog {
  readonly cases: Cases;
  readonly drafts: readonly AnyDraft[];
  at: number;
  seq: number;
  raise(...signals: readonly Signal[]): readonly SignalDraft[];
  rescore(policy: Partial<ScoringPolicy>): void;
  act(personId: string, caseId: string, act: CaseVerb, version?: number): Result<Work, CaseRefusal>;
  append(drafts: readonly AnyDraft[]): void;
}

export function openCaseLog(
  over: {
    readonly may?: (personId: string, action: Action) => boolean;
    readonly proposalOn?: (caseId: string) => string | null;
  } = {},
): CaseLog {
  const cases = createCases();
  const drafts: AnyDraft[] = [];
  const log: CaseLog = {
    cases,
    drafts,
    at: 1_800_000_000_000,
    seq: 0,
    raise: (...signals) => {
      const decided = decideSignals(signals, { cases, at: log.at, patternOf });
      log.append(decided);
      return decided;
    },
    rescore: (policy) => {
      log.seq += 1;
      const version = cases.policy.version + 1;
      cases.rescore({ ...cases.policy, ...policy, version }, log.seq, log.at);
    },
    act: (personId, caseId, act, version) => {
      const decided = decideWork(
        { caseId, version: version ?? cases.file(caseId)?.version ?? 1, act },
        {
          personId,
          commandId: `command-${log.seq + 1}`,
          at: log.at,
          may: over.may ?? (() => true),
          proposalOn: over.proposalOn ?? (() => null),
          approversOf: () => [],
        },
        cases,
      );
      if (decided.ok) log.append(decided.value.drafts);
      return decided;
    },
    append: (more) => {
      for (const draft of more) {
        log.seq += 1;
        drafts.push(draft);
        applyDraft(cases, draft, log.seq);
      }
    },
  };
  return log;
}

export function applyDraft(cases: Cases, { kind, data }: AnyDraft, seq: number): void {
  switch (kind) {
    case 'signalRaised':
      return cases.raise(data, seq);
    case 'caseOpened':
      return cases.open(data, seq);
    case 'caseSignalAdded':
      return cases.addSignal(data, seq);
    case 'caseWorked':
      return cases.work(data, seq);
    case 'caseMerged':
      return cases.merge(data, seq);
    case 'caseSplit':
      return cases.split(data, seq);
    case 'caseDecided':
      return cases.decide(data, seq);
    case 'caseReopened':
      return cases.reopen(data, seq);
    case 'caseReviewed':
      return cases.review(data, seq);
  }
}

/** The one case that there is. */
export function onlyCase({ cases }: CaseLog): string {
  const [first, second] = [...cases.all()];
  assert(first !== undefined && second === undefined, 'one case is expected');
  return first.caseId;
}
