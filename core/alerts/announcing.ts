import type { EpochMs } from '#core/time/time.ts';
import type { GroupSummary } from './groups.ts';
import { SEVERITIES, type Severity } from './notice.ts';
import { groupFigures, groupTitle } from './words.ts';

/** New notifications of the desktop in a minute; what comes beside them is one more. */
export const POPUPS_PER_MINUTE_MAX = 5;
/** A notification grows in place, and no more often than this. */
export const POPUP_AGAIN_MS = 10_000;
/** Groups of which it is known that they were announced. */
export const ANNOUNCED_KEPT_MAX = 1_000;
const MINUTE_MS = 60_000;
/** The one that stands for all that are too many. */
const MORE = 'more';

/** A group that a person's desk is told of now. */
export interface News {
  readonly group: GroupSummary;
  readonly sound: boolean;
  readonly desktop: boolean;
  /** Nobody acknowledged it in time: it is announced once more. */
  readonly escalated: boolean;
}

export interface Popup {
  /** A later one of the same name takes its place. */
  readonly tag: string;
  readonly title: string;
  readonly text: string;
}

export interface Announcement {
  readonly sound: Exclude<Severity, 'info'> | null;
  readonly popups: readonly Popup[];
  /** For who hears the page rather than sees it. */
  readonly said: string;
}

/** What was announced before, by group. */
export interface Announced {
  readonly groups: ReadonlyMap<string, { readonly at: EpochMs; readonly popup: EpochMs | null }>;
  /** When new notifications came, and how many went into the one for the rest. */
  readonly popups: readonly EpochMs[];
  readonly more: number;
}
export const NOTHING_ANNOUNCED: Announced = { groups: new Map(), popups: [], more: 0 };

/** One signal and few notifications, however many alerts come at once. */
export function announce(
  before: Announced,
  news: readonly News[],
  now: EpochMs,
): { readonly after: Announced; readonly announcement: Announcement } {
  const groups = new Map(before.groups);
  const popups: Popup[] = [];
  const recent = before.popups.filter((at) => now - at < MINUTE_MS);
  const moreBefore = recent.length === 0 ? 0 : before.more;
  let more = moreBefore;
  let sound: Announcement['sound'] = null;
  const fresh: GroupSummary[] = [];
  for (const one of [...news].sort(worstFirst)) {
    const { group, escalated } = one;
    const known = groups.get(group.key);
    if (!known || escalated) {
      fresh.push(group);
      if (one.sound) sound = worse(sound, group.severity);
    }
    let popup = known?.popup ?? null;
    if (one.desktop && (popup === null || escalated || now - popup >= POPUP_AGAIN_MS)) {
      if (popup !== null) popups.push(popupOf(group, escalated));
      else if (recent.length < POPUPS_PER_MINUTE_MAX) {
        recent.push(now);
        popups.push(popupOf(group, escalated));
      } else more += 1;
      popup = now;
    }
    groups.delete(group.key);
    groups.set(group.key, { at: known?.at ?? now, popup });
  }
  if (more > moreBefore) popups.push(popupOfMore(more));
  for (const key of groups.keys()) {
    if (groups.size <= ANNOUNCED_KEPT_MAX) break;
    groups.delete(key);
  }
  const announcement = { sound, popups, said: saidOf(fresh) };
  return { after: { groups, popups: recent, more }, announcement };
}

function popupOf(group: GroupSummary, escalated: boolean): Popup {
  const title = groupTitle(group);
  return {
    tag: group.key,
    title: escalated ? `Nobody has acknowledged: ${title}` : title,
    text: groupFigures(group),
  };
}

function popupOfMore(more: number): Popup {
  const what = more === 1 ? '1 more group of alerts' : `${more} more groups of alerts`;
  return { tag: MORE, title: what, text: 'They stand in the feed of the risk desk.' };
}

/** The worst in words, and how many others there are. */
function saidOf([worst, ...others]: readonly GroupSummary[]): string {
  if (!worst) return '';
  const rest = others.length === 0 ? '' : `, and ${others.length} more`;
  return `${groupTitle(worst)}${rest}`;
}

function worstFirst(one: News, other: News): number {
  return (
    rank(other.group.severity) - rank(one.group.severity) || other.group.count - one.group.count
  );
}

function worse(known: Announcement['sound'], severity: Severity): Announcement['sound'] {
  if (severity === 'info') return known;
  return known === null || rank(severity) > rank(known) ? severity : known;
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}
