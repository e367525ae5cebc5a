import { matches, type AlertRule } from '#core/alerts/alert-rules.ts';
import { createGroup, type GroupSummary } from '#core/alerts/groups.ts';
import type { Notice } from '#core/alerts/notice.ts';
import { countText, groupFigures, groupTitle, minuteText } from '#core/alerts/words.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { groupedText, moneyText } from '#core/money/money.ts';
import { utcText } from '#core/time/time.ts';
import type { Outgoing } from './outgoing.ts';

/** Groups in one message; the others are in the next. */
export const GROUPS_PER_MESSAGE_MAX = 20;
/** In a message about many groups each shows fewer of its worst. */
const WORST_OF_MANY = 3;
const MANY = 3;
const SUBJECT_MAX = 150;

/** A group as a message tells of it. */
export interface ToldGroup {
  readonly summary: GroupSummary;
  /** Worst first. */
  readonly worst: readonly Notice[];
  readonly level: number;
  /** Those by which somebody is told of it. */
  readonly rules: readonly Pick<AlertRule, 'ruleId' | 'name'>[];
  /** How often it was told before. */
  readonly part: number;
}

/** The notices of a group that a rule is about, as they stand; null when there are none. */
export function toldGroupOf(
  notices: readonly { readonly notice: Notice; readonly isOpen: boolean }[],
  rule: AlertRule,
  { level, part }: Pick<ToldGroup, 'level' | 'part'>,
): ToldGroup | null {
  const meant = notices.filter(({ notice }) => matches(rule, notice));
  const [first] = meant;
  if (!first) return null;
  const group = createGroup(first.notice);
  for (const { notice, isOpen } of meant) group.add(notice, isOpen);
  const summary = group.summary();
  const bySeq = new Map(meant.map(({ notice }) => [notice.seq, notice]));
  const worst = summary.worst.flatMap((seq) => bySeq.get(seq) ?? []);
  return { summary, worst, level, part, rules: [{ ruleId: rule.ruleId, name: rule.name }] };
}

/** The same group by several rules is told once, and by which rules it is told. */
export function withoutRepeats(groups: readonly ToldGroup[]): ToldGroup[] {
  const found = new Map<string, ToldGroup>();
  for (const group of groups) {
    const { key, count } = group.summary;
    const name = `${key}\n${count}`;
    const known = found.get(name);
    const level = Math.max(group.level, known?.level ?? 0);
    found.set(name, { ...group, level, rules: [...(known?.rules ?? []), ...group.rules] });
  }
  return [...found.values()];
}

/** A message about some groups: text for people, JSON for programs, both the same matter. */
export function compose(
  groups: readonly ToldGroup[],
  at: number,
  { names, deliveryIds }: { readonly names: boolean; readonly deliveryIds: readonly string[] },
): Outgoing {
  const messageId = messageIdOf(deliveryIds, at);
  const [first] = groups;
  const thread = digestOfText(first?.summary.key ?? '').slice(0, 24);
  return {
    messageId,
    thread,
    subject: subjectOf(groups),
    text: textOf(groups, names, messageId),
    body: bodyOf(groups, at, names, messageId),
  };
}

/** Begins with when it was made, so that names sort by age. */
function messageIdOf(deliveryIds: readonly string[], at: number): string {
  const digest = digestOfText(deliveryIds.join('\n')).slice(0, 20);
  return `${at.toString(36).padStart(9, '0')}-${digest}`;
}

function subjectOf(groups: readonly ToldGroup[]): string {
  const [first, ...others] = groups;
  if (!first) return '';
  const rest = others.length === 0 ? '' : `, and ${others.length} more`;
  const grown = first.part > 1 ? 'Now ' : '';
  const before = first.level > 0 ? 'Nobody has acknowledged: ' : grown;
  return `[Propdesk] ${before}${groupTitle(first.summary)}${rest}`.slice(0, SUBJECT_MAX);
}

function textOf(groups: readonly ToldGroup[], names: boolean, messageId: string): string {
  const most = groups.length > MANY ? WORST_OF_MANY : Infinity;
  const parts = groups.map((group) => groupText(group, names, most));
  const why = groups.flatMap(({ rules, level }) =>
    rules.map(({ name }) => `"${name}"${level > 0 ? `, step ${level}` : ''}`),
  );
  return [
    ...parts,
    `You are told by ${[...new Set(why)].join('; ')}.\nMessage ${messageId}: another of this name is the same one.`,
  ].join('\n\n');
}

function groupText({ summary, worst }: ToldGroup, names: boolean, most: number): string {
  const shown = worst.slice(0, most);
  const left = summary.count - shown.length;
  const lines = [
    groupTitle(summary),
    `${minuteText(summary)}: ${groupFigures(summary)}.`,
    '',
    ...(left > 0 ? [`The worst ${shown.length}:`] : []),
    ...shown.map((notice) => `- ${noticeText(notice, names)}`),
    ...(left > 0 ? [`and ${groupedText(left, 0)} more, in the feed of the risk desk.`] : []),
  ];
  return lines.join('\n');
}

function noticeText(notice: Notice, names: boolean): string {
  const { accountId, traderName, sentence, review } = notice;
  const named = names && traderName !== '' ? ` (${traderName})` : '';
  const who = accountId === null ? '' : `${accountId}${named}: `;
  const doubts = review.length === 0 ? '' : ` [to be reviewed: ${review.join(', ')}]`;
  return oneLine(`${who}${sentence}${doubts}`);
}

/** What comes from elsewhere never makes a line of its own. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function bodyOf(
  groups: readonly ToldGroup[],
  at: number,
  names: boolean,
  messageId: string,
): string {
  const most = groups.length > MANY ? WORST_OF_MANY : Infinity;
  return JSON.stringify({
    type: 'alerts',
    version: 1,
    messageId,
    madeAt: at,
    groups: groups.map(({ summary, worst, level, rules, part }) => ({
      group: summary.key,
      title: groupTitle(summary),
      rules: rules.map(({ ruleId }) => ruleId),
      level,
      part,
      kind: summary.kind,
      severity: summary.severity,
      minute: summary.minute,
      count: summary.count,
      open: summary.open,
      accounts: summary.accounts,
      // Amounts as text: whoever reads JSON as floats would lose them.
      atStake: summary.atStake.map(({ currency, amount }) => ({
        currency,
        amount: moneyText(amount).replaceAll(',', ''),
      })),
      firstSeq: summary.firstSeq,
      lastSeq: summary.lastSeq,
      worst: worst.slice(0, most).map((notice) => ({
        seq: notice.seq,
        at: notice.at,
        accountId: notice.accountId,
        ...(names ? { traderName: notice.traderName } : {}),
        programId: notice.programId,
        ruleKind: notice.ruleKind,
        symbol: notice.symbol,
        sentence: notice.sentence,
        review: notice.review,
      })),
    })),
  });
}

/** A message that shows that the way is open. */
export function testMessage(target: string, by: string, at: number): Outgoing {
  const messageId = messageIdOf([target, by, String(at)], at);
  return {
    messageId,
    thread: digestOfText(`test ${target}`).slice(0, 24),
    subject: '[Propdesk] A test: alerts reach you here',
    text: `${by} has tried out whether alerts reach ${target}. They do: nothing else has happened.`,
    body: JSON.stringify({ type: 'test', version: 1, messageId, madeAt: at, by }),
  };
}

/** "2026-05-01 12:30 UTC" */
export function dateTimeText(at: number): string {
  return `${utcText(at).slice(0, 16)} UTC`;
}

/** "3,000 warnings" of a waiting decision, before its message is made. */
export function waitingSubject(summary: GroupSummary | null, kind: GroupSummary['kind']): string {
  return summary ? groupTitle(summary) : countText({ kind, count: 1 });
}
