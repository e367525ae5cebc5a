import { PERIODS } from '#core/kpi/reading.ts';
import type { KpiCard, KpiList } from '#core/kpi/answers.ts';
import { deltaText, figureText } from '#core/kpi/words.ts';
import { dateTimeText } from '#renderer/ui/format.ts';

export type PeriodId = KpiList['period'];

export const SYSTEM_TITLES: Readonly<Record<KpiCard['system'], string>> = {
  rules: 'Rules and challenges',
  risk: 'Risk and surveillance',
  payouts: 'Payouts and money',
  support: 'Support and operations',
  provisioning: 'Orders and onboarding',
};

export function periodTitle(period: PeriodId): string {
  return PERIODS.find(({ id }) => id === period)?.title ?? period;
}

const JUDGED: Readonly<Record<KpiCard['judgement'], string>> = {
  better: 'better',
  worse: 'worse',
  same: 'the same',
  different: '',
  unknown: '',
};

/** "▲ +1.2 %, better": the sign says the direction, the word whether it is wished for. */
export function deltaWords({ unit, delta, judgement, isClear }: KpiCard, currency: string): string {
  if (delta === null) return '';
  const arrow = delta > 0 ? '▲' : delta < 0 ? '▼' : '=';
  const word = JUDGED[judgement];
  const sure = isClear || delta === 0 || word === '' ? '' : ', within chance';
  return `${arrow} ${deltaText(unit, delta, currency)}${word === '' ? '' : `, ${word}${sure}`}`;
}

export function baselineWords({ unit, baseline }: KpiCard, currency: string): string {
  if (!baseline) return 'Nothing to compare with: the log begins later.';
  const { from, until } = baseline.window;
  const partial = baseline.isPartial ? '; the log begins within it' : '';
  const value = figureText(unit, baseline.value, currency);
  return (
    `${value} from ${dateTimeText(from)} to ${dateTimeText(until)} UTC, ` +
    `of ${baseline.sample}${partial}`
  );
}

export function intervalWords({ unit, low, high }: KpiCard): string {
  if (low === null && high === null) return '';
  const from = low === null ? 'anything' : figureText(unit, low);
  const to = high === null ? 'anything' : figureText(unit, high);
  return `${from} … ${to}`;
}

export function sampleWords({ sample, matter, open }: KpiCard): string {
  return `${sample} × ${matter}${open > 0 ? `, ${open} not ended` : ''}`;
}

/** All of a tile in one sentence, for who hears it. */
export function spoken(card: KpiCard, currency: string): string {
  const value = figureText(card.unit, card.value, currency);
  const delta = deltaWords(card, currency).replace(/^[▲▼=] /, '');
  const parts = [`${card.title}: ${value}`, sampleWords(card)];
  if (delta !== '') parts.push(`${delta} than before`);
  if (card.target) parts.push(card.target.isMet === false ? 'target missed' : 'has a target');
  return parts.join('; ');
}

export function verdictClass({ judgement, isClear }: KpiCard): string {
  if (judgement === 'better') return isClear ? 'gain' : '';
  return judgement === 'worse' && isClear ? 'loss' : '';
}
