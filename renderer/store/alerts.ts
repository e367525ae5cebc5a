import { create } from 'zustand';
import type { Away, GROUP_FILTERS, OpenCounts } from '#core/desk-api/alert-calls.ts';
import type { AlertGroup } from '#core/desk-api/contract.ts';
import type { RendererClient } from '../desk/client.ts';
import { usePreferences } from './preferences.ts';

/** Groups that the feed holds at first, and fetches at a time when older ones are asked for. */
export const GROUPS_PAGE = 200;
/** Sentences for those who hear the page are said no longer than this. */
const SAID_MS = 8_000;

export type GroupFilter = (typeof GROUP_FILTERS)[number];

/** Alerts in groups, newest first: a storm is one of them, which grows where it stands. */
export interface Alerts {
  readonly filter: GroupFilter;
  readonly groups: readonly AlertGroup[];
  readonly more: boolean;
  readonly counts: OpenCounts;
  readonly away: Away | null;
  /** What was announced last, in words. */
  readonly said: string;
}

export const useAlerts = create<Alerts>(() => ({
  filter: 'all',
  groups: [],
  more: false,
  counts: { unacknowledged: 0, groups: 0, mine: 0 },
  away: null,
  said: '',
}));

/** Shows other groups from now on. */
export async function filterAlerts(client: RendererClient, filter: GroupFilter): Promise<void> {
  useAlerts.setState({ filter });
  const reply = await client.call('alerts.groups', { filter, beforeSeq: null, limit: GROUPS_PAGE });
  // Whoever has chosen again meanwhile has asked again, too.
  if (reply.ok && useAlerts.getState().filter === filter) useAlerts.setState(reply.value);
}

export async function loadOlderGroups(client: RendererClient): Promise<void> {
  const { filter, groups } = useAlerts.getState();
  const beforeSeq = groups.at(-1)?.firstSeq ?? null;
  const reply = await client.call('alerts.groups', { filter, beforeSeq, limit: GROUPS_PAGE });
  if (!reply.ok || useAlerts.getState().filter !== filter) return;
  const { groups: older, more } = reply.value;
  useAlerts.setState((now) => ({ groups: merged(now.groups, older), more }));
}

/** Fills the store and keeps it true; called once. */
export function startAlerts(client: RendererClient): void {
  const { setState, getState } = useAlerts;
  const read = async (): Promise<void> => {
    await filterAlerts(client, getState().filter);
    const reply = await client.call('alerts.away', { seen: false });
    if (reply.ok) setState(reply.value);
  };
  /** What this page would make of an announcement: the desk sends, and shows, nothing else. */
  const tellWanted = (): void => {
    const { sound, notifications } = usePreferences.getState();
    const wanted = [sound ? 'sound' : null, notifications ? 'desktop' : null] as const;
    const channels = wanted.filter((channel) => channel !== null);
    void client.call('alerts.announce', { channels });
  };
  client.onLink((linked) => {
    if (!linked) return;
    void read();
    tellWanted();
  });
  usePreferences.subscribe((now, before) => {
    if (now.sound !== before.sound || now.notifications !== before.notifications) tellWanted();
  });
  client.onStream('reset', () => void read());
  client.onStream('person', ({ person }) => {
    if (person) void read();
    else setState({ groups: [], away: null, said: '' });
  });
  client.onStream('alertGroups', ({ groups: changed, counts }) => {
    setState((now) => ({ counts, groups: withChanged(now, changed) }));
  });
  client.onStream('away', ({ away }) => setState({ away }));
  client.onStream('announcement', ({ said }) => {
    if (said === '') return;
    setState({ said });
    setTimeout(() => {
      if (getState().said === said) setState({ said: '' });
    }, SAID_MS);
  });
}

/** What has changed takes its place; what no longer fits leaves, what is new and fits comes first. */
function withChanged(
  { groups, filter, more }: Alerts,
  changed: readonly AlertGroup[],
): readonly AlertGroup[] {
  const fitting = changed.filter((group) => fits(group, filter));
  const gone = new Set(changed.filter((group) => !fits(group, filter)).map(({ key }) => key));
  const oldest = groups.at(-1)?.firstSeq ?? 0;
  const known = new Set(groups.map(({ key }) => key));
  // One that is older than all that is held is found when older ones are asked for.
  const taken = fitting.filter(({ key, firstSeq }) => known.has(key) || !more || firstSeq > oldest);
  const kept = groups.filter(({ key }) => !gone.has(key));
  return merged(kept, taken).slice(0, Math.max(GROUPS_PAGE, groups.length));
}

function fits({ open, mine, severity }: AlertGroup, filter: GroupFilter): boolean {
  if (filter === 'open') return open > 0;
  if (filter === 'mine') return mine;
  return filter === 'all' || severity === 'hard' || severity === 'soft';
}

function merged(
  groups: readonly AlertGroup[],
  others: readonly AlertGroup[],
): readonly AlertGroup[] {
  const byKey = new Map([...groups, ...others].map((group) => [group.key, group]));
  return [...byKey.values()].sort((one, other) => other.firstSeq - one.firstSeq);
}
