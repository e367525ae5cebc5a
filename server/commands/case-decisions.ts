import { NO_CASE_IS_FREE } from '#core/cases/act.ts';
import { decideSignals, SIGNALS_PER_COMMAND_MAX } from '#core/cases/decide-signals.ts';
import { byUrgency, urgencyOf, type Ranked } from '#core/cases/priority.ts';
import { decideWork, LOCK_MS, newsSince, deedOf, reaches, type Worker } from '#core/cases/work.ts';
import { authorOf, lockOf } from '#core/cases/cases.ts';
import { backTestSchema, type BackTestSummary } from '#core/fraud/back-test.ts';
import type { Fact } from '#core/facts/registry.ts';
import { consequenceParamsSchema } from '#core/governance/actions/apply-consequence.ts';
import type { Decided } from '#core/governance/propose.ts';
import { isFree, stakeOfCase } from '#core/governance/stakes.ts';
import type { GovernedWorld } from '#core/governance/world.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { Intent } from '#core/sync/protocol.ts';
import type { Rejection } from './decide.ts';
import type { ServerCommand, ServerIntent } from './server-command.ts';

/** What deciding about cases rests on beside governing. */
export interface CaseState {
  readonly world: GovernedWorld;
  accountFacts(accountId: string): readonly Fact[];
  /** A back-test that this server has run and still holds; null for any other. */
  backTest(hash: string): BackTestSummary | null;
}

export type CaseIntent =
  | Extract<Intent, { type: 'actOnCase' | 'takeNextCase' }>
  | Extract<ServerIntent, { type: 'raiseSignals' }>;

type Answer = Result<Decided, Rejection>;
const reject = (code: Rejection['code'], message: string): Answer => err({ code, message });

/** Signals of surveillance, and what people do with the cases that they open. */
export function decideCases(
  command: ServerCommand & { readonly intent: CaseIntent },
  { world }: CaseState,
): Answer {
  const { intent, actor } = command;
  const { governance, at } = world;
  switch (intent.type) {
    case 'raiseSignals': {
      if (actor.type !== 'system') return reject('forbidden', 'surveillance alone raises signals');
      if (intent.signals.length > SIGNALS_PER_COMMAND_MAX) {
        return reject('invalid', `${SIGNALS_PER_COMMAND_MAX} signals at a time`);
      }
      const drafts = decideSignals(intent.signals, { cases: governance.cases, at });
      return ok({ drafts, contents: [] });
    }
    case 'actOnCase':
      return decideWork(intent, workerOf(command, world), governance.cases);
    case 'takeNextCase':
      return takeNext(intent, actor.id, world);
  }
}

function workerOf({ actor, commandId }: ServerCommand, { governance, at }: GovernedWorld): Worker {
  return {
    personId: actor.id,
    commandId,
    at,
    may: governance.people.may,
    proposalOn: (caseId) => governance.proposalsOn(caseId)[0]?.proposalId ?? null,
    approversOf: (proposalId) => governance.proposal(proposalId)?.approved?.by ?? [],
  };
}

/** The most urgent free case: the server chooses, so that two who ask at once get two. */
function takeNext(
  { pattern, programId }: Extract<Intent, { type: 'takeNextCase' }>,
  personId: string,
  world: GovernedWorld,
): Answer {
  const { governance, at, moneyOf } = world;
  const { people, cases } = governance;
  let first: Ranked | null = null;
  for (const file of cases.live()) {
    if (pattern !== null && !file.patterns.has(pattern)) continue;
    if (programId !== null && !file.programs.has(programId)) continue;
    const wanted = file.escalated > 0 ? 'assignCases' : 'workCases';
    if (!isFree(file, { governance, personId, at })) continue;
    if (!reaches(file, personId, 'workCases', people.may)) continue;
    if (!reaches(file, personId, wanted, people.may)) continue;
    const stake = stakeOfCase(file, governance, moneyOf);
    const ranked = { file, stake, urgency: urgencyOf(file, stake, at) };
    if (first === null || byUrgency(ranked, first) < 0) first = ranked;
  }
  if (first === null) return reject('notFound', NO_CASE_IS_FREE);
  const { caseId } = first.file;
  const change = { type: 'claimed', until: at + LOCK_MS } as const;
  return ok({
    drafts: [{ kind: 'caseWorked', data: { caseId, personId, change, at } }],
    contents: [],
  });
}

/**
 * What stands against proposing a consequence or a way of scoring, beyond what its form says: the
 * case as the person saw it, the trades, the back-test. Null when nothing does.
 */
export function proposalProblem(
  { action, params: input }: Extract<Intent, { type: 'propose' }>,
  personId: string,
  state: CaseState,
): Rejection | null {
  if (action === 'changeScoring') return backTestProblem(input, state);
  if (action !== 'applyConsequence') return null;
  const parsed = consequenceParamsSchema.safeParse(input);
  // Its form says what is wrong with it.
  if (!parsed.success) return null;
  const { caseId, caseVersion, accountIds, dealIds, consequence } = parsed.data;
  const { governance, at } = state.world;
  const file = governance.cases.file(caseId);
  if (!file) return { code: 'notFound', message: `there is no case ${caseId}` };
  const lock = lockOf(file, at);
  if (lock && lock.personId !== personId) {
    return { code: 'conflict', message: `${lock.personId} has it in hand` };
  }
  const [news] = newsSince(file, caseVersion, personId).slice(-1);
  if (news) {
    const who = authorOf(news) ?? 'surveillance';
    const what = `meanwhile ${who} ${deedOf(news)} (entry ${news.seq}): look at it again`;
    return { code: 'conflict', message: what };
  }
  if (consequence !== 'profitDeduction') return null;
  const known = new Set(
    accountIds.flatMap((accountId) =>
      state
        .accountFacts(accountId)
        .flatMap((fact) => (fact.kind === 'dealBooked' ? [fact.data.dealId] : [])),
    ),
  );
  const unknown = dealIds.find((dealId) => !known.has(dealId));
  if (unknown === undefined) return null;
  return { code: 'invalid', message: `dealIds: the account has no trade ${unknown}` };
}

function backTestProblem(input: unknown, { backTest }: CaseState): Rejection | null {
  const parsed = backTestSchema.safeParse((input as { backTest?: unknown } | null)?.backTest);
  if (!parsed.success) return null;
  const held = backTest(parsed.data.hash);
  if (held !== null && canonicalText(held) === canonicalText(parsed.data)) return null;
  return { code: 'noPreview', message: 'this server holds no such back-test: run it again' };
}
