import { groupedText, moneyText, percentText } from '#core/money/money.ts';
import { utcText } from '#core/time/time.ts';
import type { BreachData, ObjectiveData, VerdictCause, WarningData } from './rules.events.ts';
import { ruleKinds } from './kinds/index.ts';

/** One human sentence for a verdict, from its own evidence alone. */
export function verdictSentence(
  verdict:
    | { readonly kind: 'warningRaised'; readonly data: WarningData }
    | { readonly kind: 'breachDetected'; readonly data: BreachData }
    | { readonly kind: 'objectiveMet' | 'objectiveLost'; readonly data: ObjectiveData },
): string {
  const { data } = verdict;
  const title = (ruleKinds.find(data.ruleKind)?.title ?? data.ruleKind).toLowerCase();
  const when = `at ${utcText(data.at)} UTC${causeText(data.cause)}`;
  if (verdict.kind === 'objectiveMet') return `Objective met: ${title} ${when}`;
  if (verdict.kind === 'objectiveLost') return `Objective no longer met: ${title} ${when}`;
  const measured = figure(data, 'measured');
  const floor = figure(data, 'floor');
  const subject = measured === data.balance && measured !== data.equity ? 'Balance' : 'Equity';
  if (verdict.kind === 'warningRaised') {
    return (
      `${subject} ${moneyText(measured)} has used ${percentText(verdict.data.share)} of the ${title} ` +
      `allowance; ${moneyText(measured - floor)} above the floor ${moneyText(floor)} ${when}`
    );
  }
  const fell = measured === floor ? 'touched' : 'fell below';
  return `${subject} ${moneyText(measured)} ${fell} the ${title} floor ${moneyText(floor)} ${when}`;
}

function causeText(cause: VerdictCause): string {
  switch (cause.type) {
    case 'mark': {
      const { mark, digits } = cause;
      return ` on ${mark.symbol} ${groupedText(mark.bid, digits)}/${groupedText(mark.ask, digits)}`;
    }
    case 'deal':
      return ` on deal ${cause.dealId}`;
    case 'balanceOperation':
      return ` on balance operation ${cause.operationId}`;
    case 'rollOver':
      return ` as trading day ${cause.dayKey} began`;
    case 'opened':
      return ' as the account opened';
  }
}

function figure(data: ObjectiveData, name: string): number {
  return data.figures.find((entry) => entry.name === name)?.value ?? 0;
}
