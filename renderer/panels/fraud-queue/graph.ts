import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import type { Picture } from '#core/fraud/signal.ts';

type Drawn = Extract<Picture, { type: 'graph' }>;
export type Thing = Drawn['nodes'][number];
export type Link = Drawn['edges'][number];
export type ThingKind = Thing['kind'];

export interface Graph {
  readonly things: readonly Thing[];
  readonly links: readonly Link[];
}

/** Things drawn at most: beyond it the least connected are left out. */
export const THINGS_MAX = 150;

export const KIND_TEXT: Readonly<Record<ThingKind, string>> = {
  trader: 'Trader',
  account: 'Account',
  device: 'Device',
  network: 'Network',
  document: 'Document',
  address: 'Address',
  payee: 'Payee',
  purchase: 'Means of purchase',
  affiliate: 'Affiliate',
};

/** Which account is whose, as this desk knows it. */
export type OwnerOf = (accountId: string) => { readonly id: string; readonly name: string } | null;

/** All that the latest signals of a case drew, in one graph, with its traders and accounts. */
export function graphOf(detail: CaseDetail, ownerOf: OwnerOf): Graph {
  const pictures = detail.signals
    .filter(({ latest }) => latest)
    .flatMap(({ signal: { picture } }) => (picture.type === 'graph' ? [picture] : []));
  const things = new Map<string, Thing>();
  const links = new Map<string, Link>();
  const addThing = (thing: Thing): void => {
    if (!things.has(thing.id)) things.set(thing.id, thing);
  };
  const addLink = (link: Link): void => {
    const name = [...[link.from, link.to].sort(), link.label].join('\n');
    const before = links.get(name);
    if (!before || before.weight < link.weight) links.set(name, link);
  };
  const names = new Map(detail.row.traders.map(({ traderId, name }) => [traderId, name]));
  for (const { nodes, edges } of pictures) {
    // Detectors know traders by their ids alone.
    for (const node of nodes) addThing({ ...node, label: names.get(node.id) ?? node.label });
    for (const edge of edges) addLink(edge);
  }
  for (const { traderId, name } of detail.row.traders) {
    addThing({ id: traderId, kind: 'trader', label: name });
  }
  const joined = (one: string, other: string): boolean =>
    [...links.values()].some(
      ({ from, to }) => (from === one && to === other) || (from === other && to === one),
    );
  for (const { accountId } of detail.row.accounts) {
    addThing({ id: accountId, kind: 'account', label: accountId });
    const owner = ownerOf(accountId);
    if (!owner) continue;
    addThing({ id: owner.id, kind: 'trader', label: owner.name });
    if (!joined(accountId, owner.id))
      addLink({ from: accountId, to: owner.id, label: 'owned by', weight: 1000 });
  }
  return limited([...things.values()], [...links.values()]);
}

/** Links to what is not there are left out, and of too many things the least connected. */
function limited(things: readonly Thing[], links: readonly Link[]): Graph {
  const degree = new Map<string, number>();
  for (const { from, to } of links) {
    degree.set(from, (degree.get(from) ?? 0) + 1);
    degree.set(to, (degree.get(to) ?? 0) + 1);
  }
  const kept =
    things.length <= THINGS_MAX
      ? things
      : [...things]
          .sort((one, other) => (degree.get(other.id) ?? 0) - (degree.get(one.id) ?? 0))
          .slice(0, THINGS_MAX);
  const ids = new Set(kept.map(({ id }) => id));
  return {
    things: kept,
    links: links.filter(({ from, to }) => ids.has(from) && ids.has(to) && from !== to),
  };
}

export interface Neighbour {
  readonly thing: Thing;
  readonly link: Link;
}

/** What a thing is joined to, strongest first. */
export function neighboursOf({ things, links }: Graph, id: string): Neighbour[] {
  const byId = new Map(things.map((thing) => [thing.id, thing]));
  return links
    .filter(({ from, to }) => from === id || to === id)
    .flatMap((link) => {
      const thing = byId.get(link.from === id ? link.to : link.from);
      return thing ? [{ thing, link }] : [];
    })
    .sort((one, other) => other.link.weight - one.link.weight);
}

/** Things that more than one trader or account is joined to: what makes people the same. */
export function sharedThings(graph: Graph): { readonly thing: Thing; readonly by: Thing[] }[] {
  return graph.things
    .filter(({ kind }) => kind !== 'trader' && kind !== 'account')
    .map((thing) => ({
      thing,
      by: [
        ...new Set(
          neighboursOf(graph, thing.id)
            .map((one) => one.thing)
            .filter(({ kind }) => kind === 'trader' || kind === 'account'),
        ),
      ],
    }))
    .filter(({ by }) => by.length > 1)
    .sort((one, other) => other.by.length - one.by.length);
}
