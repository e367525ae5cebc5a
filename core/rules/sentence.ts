import { decimalText, groupedText, moneyText, percentText } from '#core/money/money.ts';
import { utcText } from '#core/time/time.ts';
import type {
  BreachData,
  FlagData,
  ObjectiveData,
  VerdictCause,
  WarningData,
} from './rules.events.ts';
import { ruleKinds } from './kinds/index.ts';
import type { Gauge } from './rule-kind.ts';

/** One human sentence for a verdict, from its own evidence alone. */
export function verdictSentence(
  verdict:
    | { readonly kind: 'warningRaised'; readonly data: WarningData }
    | { readonly kind: 'breachDetected'; readonly data: BreachData }
    | { readonly kind: 'conductFlagged'; readonly data: FlagData }
    | { readonly kind: 'objectiveMet' | 'objectiveLost'; readonly data: ObjectiveData },
): string {
  const { data } = verdict;
  const title = (ruleKinds.find(data.ruleKind)?.title ?? data.ruleKind).toLowerCase();
  const when = `at ${utcText(data.at)} UTC${causeText(data.cause)}`;
  if (verdict.kind === 'objectiveMet') return `Objective met: ${title} ${when}`;
  if (verdict.kind === 'objectiveLost') return `Objective no longer met: ${title} ${when}`;
  if (verdict.kind === 'conductFlagged') return `${flagText(verdict.data, title)} ${when}`;
  if (!data.figures.some(({ name }) => name === 'floor')) {
    return `Not allowed: ${title}${figuresText(data)} ${when}`;
  }
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

const EFFECT_TEXT: Readonly<Record<FlagData['effect'], string>> = {
  review: 'For review',
  warn: 'Warning',
  closePositions: 'To be closed',
  deductProfit: 'Profit does not count',
  denyPayout: 'Payout in question',
  restartPhase: 'The phase is to start again',
  resetBalance: 'The balance is to start again',
};

function flagText(data: FlagData, title: string): string {
  const strike = data.strike > 1 ? ` (${data.strike} times now)` : '';
  return `${EFFECT_TEXT[data.effect]}: ${title}${figuresText(data)}${strike}`;
}

/** ": lots 50, limit 20" */
function figuresText(data: ObjectiveData): string {
  const parts = data.figures.map(({ name, unit, value }) => {
    const words = name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
    return `${words} ${figureText(unit, value)}`;
  });
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
}

export function figureText(unit: ObjectiveData['figures'][number]['unit'], value: number): string {
  switch (unit) {
    case 'money':
      return moneyText(value);
    case 'ppm':
      return percentText(value);
    case 'lots':
      return `${decimalText(value, 6).replace(/\.?0+$/, '')} lots`;
    case 'seconds':
      return `${value} s`;
    case 'count':
      return String(value);
  }
}

/** What a rule's gauge says, in a few words: for screens and printed evidence. */
export function gaugeText(gauge: Gauge): string {
  switch (gauge.type) {
    case 'floor':
      return gauge.measured < gauge.floor
        ? `${moneyText(gauge.floor - gauge.measured)} below ${moneyText(gauge.floor)}`
        : `${moneyText(gauge.measured - gauge.floor)} above ${moneyText(gauge.floor)}`;
    case 'target':
      return `${moneyText(gauge.value)} of ${moneyText(gauge.target)}`;
    case 'count':
      return `${gauge.value} of ${gauge.needed}`;
    case 'share': {
      const fits = gauge.value >= gauge.total;
      const needed = fits ? '' : `, fits from a profit of ${moneyText(gauge.total)}`;
      return `${percentText(gauge.share)}, limit ${percentText(gauge.limit)}${needed}`;
    }
    case 'flags':
      if (gauge.value === 0) return 'nothing flagged';
      return gauge.value === 1 ? 'flagged once' : `flagged ${gauge.value} times`;
  }
}

/** How far along a gauge is, from 0 to 1: how much is used of a limit, or reached of an objective. */
export function gaugeShare(gauge: Gauge): number {
  switch (gauge.type) {
    case 'floor':
      return 1 - (gauge.measured - gauge.floor) / gauge.allowance;
    case 'target':
      return (gauge.value - gauge.start) / (gauge.target - gauge.start);
    case 'count':
      return gauge.value / gauge.needed;
    case 'share':
      return gauge.total <= 0 ? 0 : gauge.value / gauge.total;
    case 'flags':
      return 0;
  }
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
    case 'protection':
      return ` as the stop of position ${cause.positionId} changed`;
    case 'rollOver':
      return ` as trading day ${cause.dayKey} began`;
    case 'rulesChanged':
      return ` as version ${cause.version} of its rules came to hold`;
    case 'reinstated':
      return ` as it was put back after "${cause.ruleId}"`;
  }
}

function figure(data: ObjectiveData, name: string): number {
  return data.figures.find((entry) => entry.name === name)?.value ?? 0;
}
