import { z } from 'zod';
import type { EpochMs } from '#core/time/time.ts';
import { defineDetector, type Detecting } from '../detector.ts';
import {
  createEntityGraph,
  GRAPH_HELD_MAX,
  HOUSEHOLD,
  KIND_WEIGHTS,
  kindsText,
  pictureOf,
  THING_KINDS,
  thingsIn,
  type EntityGraphState,
  type KindWeights,
  type Link,
} from '../entity-graph.ts';
import { createGroups, GROUPS_HELD_MAX, type Group, type GroupsState } from '../groups.ts';
import type { Directory } from '../observation.ts';
import { ACCOUNTS_PER_SIGNAL_MAX, PER_MILLE, type Finding } from '../signal.ts';

const DAY_MS = 86_400_000;
const GROUPS_KEPT_MS = 200 * DAY_MS;
/** Traders who wait to be looked at; those beyond are looked at when they are next seen. */
const WAITING_MAX = 20_000;
/** Accounts named of one trader: the latest. */
const ACCOUNTS_EACH_MAX = 4;

const kindSchema = z.strictObject({
  /** In thousandths: 1,000 is the same person. */
  weight: z.int().min(0).max(PER_MILLE),
  /** Up to so many may have it before it says less. */
  fewAre: z.int().min(1).max(40),
  /** Uses further apart than this say nothing. */
  days: z.int().min(1).max(10_000),
});
const params = z.strictObject({
  /** What each kind of thing says about who is behind two traders. */
  weights: z.record(z.enum(THING_KINDS), kindSchema),
  /** Two traders are spoken of from this weight on, all reasons together, in thousandths. */
  weightMin: z.int().min(1).max(PER_MILLE),
});
type Params = z.output<typeof params>;

export const sharedIdentity = defineDetector<Params>({
  id: 'sharedIdentity',
  version: 2,
  title: 'Shared identity',
  pattern: 'identity',
  describes:
    'Traders of different names who have a document, a device, a place of payment, a card, an ' +
    'address or a network in common. What many share counts for little, and so do uses far apart.',
  honestReasons:
    'Couples and flatmates share an address, a network and sometimes a computer or a card; offices, ' +
    'hotels and mobile carriers put strangers on one network; a used machine changes hands. An ' +
    'allowance keeps such a household from being spoken of again.',
  checklist: [
    'Compare the documents: the same person may be written in two ways.',
    'Look whether both were connected from one device within the same hour.',
    'Compare addresses and names for a family or a flat that is shared.',
    'Look whether the traders also trade together or against each other.',
    'Ask both for proof of who they are before anything is decided.',
  ],
  params,
  defaults: { weights: KIND_WEIGHTS, weightMin: 600 },
  needs: ['session', 'identity', 'payout', 'clock'],
  heldMax: GRAPH_HELD_MAX + GROUPS_HELD_MAX + WAITING_MAX,
  start,
});

interface State {
  readonly graph: EntityGraphState;
  readonly groups: GroupsState;
  readonly waiting: readonly string[];
}

function start({ weights, weightMin }: Params, directory: Directory, resume?: unknown): Detecting {
  const saved = resume as State | undefined;
  const graph = createEntityGraph(weights as KindWeights, saved?.graph);
  const groups = createGroups(GROUPS_KEPT_MS, saved?.groups);
  // Looked at when the minute is over: who is heard first within it does not matter.
  const waiting = new Set<string>(saved?.waiting);
  const lookAt = (trader: string, at: EpochMs, grown: Map<string, Group>): void => {
    for (const link of graph.links(trader)) {
      if (link.weight < weightMin) continue;
      const firstAt = Math.min(...link.shared.map(({ since }) => since));
      const [one, other] = [...link.traders].sort();
      const joined = { members: link.traders, link: `${one}\n${other}`, firstAt };
      const group = groups.join({ ...joined, most: link.weight, key: one ?? trader }, at);
      grown.set(group.key, group);
    }
  };
  const findingOf = (group: Group, at: EpochMs): Finding | null => {
    const links = group.links.flatMap((key) => {
      const [one = '', other = ''] = key.split('\n');
      const link = graph.between(one, other);
      return link.weight >= weightMin ? [link] : [];
    });
    const accounts = group.members
      .flatMap((trader) => directory.accountsOf(trader).slice(-ACCOUNTS_EACH_MAX))
      .slice(0, ACCOUNTS_PER_SIGNAL_MAX);
    if (links.length === 0 || accounts.length === 0) return null;
    return { key: group.key, at, fromAt: group.firstAt, accounts, ...said(group, links) };
  };
  return {
    observe: (observation, found) => {
      if (observation.type === 'clock') {
        const { at } = observation;
        const grown = new Map<string, Group>();
        for (const trader of [...waiting].sort()) lookAt(trader, at, grown);
        waiting.clear();
        for (const key of [...grown.keys()].sort()) {
          const group = grown.get(key);
          // Two groups may have become one after the first was written down.
          const finding =
            group && groups.of(group.members[0] ?? '')?.key === key && findingOf(group, at);
          if (finding) found(finding);
        }
        graph.expire(at);
        groups.expire(at);
        return;
      }
      if (!('accountId' in observation)) return;
      const { accountId, at } = observation;
      const trader = directory.account(accountId)?.traderId ?? accountId;
      for (const thing of thingsIn(observation)) {
        const isShared = graph.see({ trader, ...thing, at });
        if (isShared && waiting.size < WAITING_MAX) waiting.add(trader);
      }
    },
    held: () => graph.size() + groups.size() + waiting.size,
    state: (): State => ({
      graph: graph.state(),
      groups: groups.state(),
      waiting: [...waiting],
    }),
  };
}

function said(
  { members }: Group,
  links: readonly Link[],
): Pick<Finding, 'strength' | 'oneIn' | 'sentence' | 'figures' | 'trades' | 'picture'> {
  const [strongest] = [...links].sort((one, other) => other.weight - one.weight);
  const strength = strongest?.weight ?? 0;
  const isHousehold = links.every(({ shared }) =>
    shared.every(({ kind }) => HOUSEHOLD.includes(kind)),
  );
  const things = new Set(
    links.flatMap(({ shared }) => shared.map(({ kind, thing }) => `${kind} ${thing}`)),
  );
  return {
    strength,
    oneIn: null,
    sentence:
      `${members.length} traders share ${things.size} ${things.size === 1 ? 'thing' : 'things'} ` +
      `(${kindsText(links)}): for one person behind the closest two that weighs ${strength} in 1,000` +
      `${isHousehold ? '; one household may share all of it' : ''}.`,
    figures: [
      { name: 'traders', unit: 'count', value: members.length, limit: 2 },
      { name: 'thingsShared', unit: 'count', value: things.size, limit: 1 },
      { name: 'weight', unit: 'perMille', value: strength, limit: null },
    ],
    trades: [],
    picture: pictureOf(links),
  };
}
