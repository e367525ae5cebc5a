import { groupedText, moneyText } from '#core/money/money.ts';
import { ruleKinds } from '#core/rules/kinds/index.ts';
import { utcText } from '#core/time/time.ts';
import type { GroupSummary, Theme } from './groups.ts';
import { NOTICE_KIND_TEXTS } from './notice.ts';

/** "3,000 warnings: daily loss limit on EURUSD" */
export function groupTitle(group: GroupSummary): string {
  const about = aboutText(group);
  return `${countText(group)}${about === '' ? '' : `: ${about}`}`;
}

/** "1 breach", "3,000 warnings" */
export function countText({ kind, count }: Pick<GroupSummary, 'kind' | 'count'>): string {
  const [one, many] = NOTICE_KIND_TEXTS[kind];
  return count === 1 ? `1 ${one}` : `${groupedText(count, 0)} ${many}`;
}

/** The rule and the symbol or program: "daily loss limit on EURUSD" */
function aboutText({ ruleKind, subject, programName }: GroupSummary): string {
  const rule = ruleText(ruleKind);
  if (subject.type === 'symbol') return rule === '' ? subject.id : `${rule} on ${subject.id}`;
  if (subject.type === 'none') return rule;
  const program = programName === '' ? subject.id : programName;
  return rule === '' ? program : `${rule} in ${program}`;
}

/** The title of a rule kind in a sentence; what is no rule kind is a word of its own. */
export function ruleText(ruleKind: string): string {
  const title = ruleKinds.find(ruleKind)?.title;
  if (title !== undefined) return title.toLowerCase();
  return ruleKind.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** "1,240 accounts, 155,000,000.00 USD at stake, 2,990 not acknowledged" */
export function groupFigures({ accounts, atStake, open, count, severity }: GroupSummary): string {
  const stakes = atStake.map(({ currency, amount }) => `${moneyText(amount)} ${currency}`);
  return [
    accounts === 0 ? '' : accounts === 1 ? '1 account' : `${groupedText(accounts, 0)} accounts`,
    stakes.length === 0 ? '' : `${stakes.join(' and ')} at stake`,
    severity === 'info'
      ? ''
      : open === 0
        ? 'all acknowledged'
        : open === count
          ? 'none acknowledged'
          : `${groupedText(open, 0)} not acknowledged`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** "2026-05-01 12:30 UTC" */
export function minuteText({ minute }: Pick<Theme, 'minute'>): string {
  return `${utcText(minute).slice(0, 16)} UTC`;
}
