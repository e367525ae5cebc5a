import type { AccountTerms } from '#core/accounts/account.ts';
import { moneyText } from '#core/money/money.ts';
import { gateOf } from '#core/rules/judge.ts';
import type { Gauge } from '#core/rules/rule-kind.ts';
import type { Rule } from '#core/rules/rule-set.ts';
import { openingGauges, sampleTerms, type CompiledProgram } from './compile.ts';

/** What a trader reads before buying: one page per program, from the parameters that judge. */
export interface TraderPage {
  readonly title: string;
  readonly version: string;
  readonly phases: readonly {
    readonly name: string;
    readonly start: string;
    readonly sections: readonly { readonly title: string; readonly lines: readonly string[] }[];
  }[];
}

export function traderPage(compiled: CompiledProgram): TraderPage {
  const { program } = compiled;
  return {
    title: program.name,
    version: `Version ${compiled.version}, ${compiled.hash.slice(0, 12)}`,
    phases: program.phases.map((phase, at) => {
      const ruleSet = compiled.ruleSets[at];
      const terms = sampleTerms(program, at);
      const gauges = ruleSet ? openingGauges(ruleSet, terms) : [];
      const rules = (ruleSet?.rules ?? []).map((rule, place) => ({
        rule,
        gauge: gauges[place],
        line: lineOf(rule, gauges[place], terms),
      }));
      const { zone, rollOver } = phase.ruleSet.dayClock;
      const linesFor = (wanted: (rule: Rule) => boolean): string[] =>
        rules.filter(({ rule }) => wanted(rule)).map(({ line }) => line);
      return {
        name: phase.name,
        start:
          `You start with ${moneyText(terms.startBalance)} ${terms.currency}. ` +
          `A trading day turns at ${rollOver} (${zone}).`,
        sections: [
          {
            title: 'What ends or pauses the account',
            lines: linesFor(({ kind }) => kind.role === 'limit'),
          },
          {
            title: 'What you need to pass',
            lines: linesFor((rule) => rule.kind.role === 'objective' && gateOf(rule) === 'pass'),
          },
          {
            title: 'What a payout needs',
            lines: [
              ...linesFor((rule) => rule.kind.role === 'objective' && gateOf(rule) === 'payout'),
              ...(phase.payout ? payoutLines(phase.payout, terms.currency) : []),
            ],
          },
          {
            title: 'How you trade',
            lines: linesFor(({ kind }) => kind.role === 'conduct'),
          },
        ].filter(({ lines }) => lines.length > 0),
      };
    }),
  };
}

function lineOf(rule: Rule, gauge: Gauge | undefined, terms: AccountTerms): string {
  const says = rule.kind.describe(rule.params, terms);
  return gauge?.type === 'floor'
    ? `${says} For example, on the first day the floor is ${moneyText(gauge.floor)} ${terms.currency}.`
    : says;
}

type Payout = NonNullable<CompiledProgram['program']['phases'][number]['payout']>;

function payoutLines(payout: Payout, currency: string): string[] {
  const lines: string[] = [];
  if (payout.firstAfterDays > 0) {
    const from = payout.firstFrom === 'firstTrade' ? 'your first trade' : 'the opening';
    lines.push(`The first payout may be asked for ${payout.firstAfterDays} days after ${from}.`);
  }
  if (payout.everyDays > 0) lines.push(`After that, every ${payout.everyDays} days.`);
  if (payout.flat) lines.push('Nothing may be open.');
  if (payout.share < 1_000_000) lines.push(`${payout.share / 10_000} % of the profit may leave.`);
  if ('byNumber' in payout.split) {
    const shares = payout.split.byNumber.map((share) => `${share / 10_000} %`).join(', then ');
    lines.push(`You receive ${shares} of what leaves.`);
  } else {
    const tiers = payout.split.byPaid.map(({ upTo, percent }) =>
      upTo === undefined
        ? `${percent / 10_000} % beyond`
        : `${percent / 10_000} % up to ${moneyText(upTo)} ${currency}`,
    );
    lines.push(`You receive ${tiers.join(', ')}.`);
  }
  return lines;
}
