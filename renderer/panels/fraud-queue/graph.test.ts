import { describe, expect, it } from 'vitest';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import { graphOf, neighboursOf, sharedThings, THINGS_MAX, type Link, type Thing } from './graph.ts';

const thing = (id: string, kind: Thing['kind']): Thing => ({ id, kind, label: id });
const link = (from: string, to: string, weight = 500, label = 'used'): Link => ({
  from,
  to,
  label,
  weight,
});
const detail = (
  pictures: readonly { nodes: Thing[]; edges: Link[]; latest?: boolean }[],
  accounts: readonly string[] = [],
): CaseDetail =>
  ({
    row: {
      traders: [{ traderId: 'T1', name: 'Ada Vale' }],
      accounts: accounts.map((accountId) => ({ accountId, number: 0, status: 'active' })),
    },
    signals: pictures.map(({ nodes, edges, latest = true }) => ({
      latest,
      signal: { picture: { type: 'graph', nodes, edges } },
    })),
  }) as unknown as CaseDetail;
const nobody = (): null => null;

describe('the graph of a case', () => {
  it('joins what several signals drew, each thing and each link once, the strongest link kept', () => {
    const nodes = [thing('A1', 'account'), thing('D1', 'device')];
    const graph = graphOf(
      detail([
        { nodes, edges: [link('A1', 'D1', 200)] },
        { nodes, edges: [link('D1', 'A1', 900)] },
      ]),
      nobody,
    );
    expect(graph.things.map(({ id }) => id)).toEqual(['A1', 'D1', 'T1']);
    expect(graph.links).toEqual([link('D1', 'A1', 900)]);
  });

  it('leaves out what a later revision replaced, and links to what is not there', () => {
    const old = { nodes: [thing('D9', 'device')], edges: [], latest: false };
    const dangling = { nodes: [thing('D1', 'device')], edges: [link('D1', 'nowhere')] };
    const graph = graphOf(detail([old, dangling]), nobody);
    expect(graph.things.map(({ id }) => id)).toEqual(['D1', 'T1']);
    expect(graph.links).toEqual([]);
  });

  it('calls traders by their names where the case knows them', () => {
    const graph = graphOf(detail([{ nodes: [thing('T1', 'trader')], edges: [] }]), nobody);
    expect(graph.things.map(({ label }) => label)).toEqual(['Ada Vale']);
  });

  it('joins accounts to their owners where this desk knows them', () => {
    const owner = (): { id: string; name: string } => ({ id: 'T1', name: 'Ada Vale' });
    const graph = graphOf(detail([], ['A1']), owner);
    expect(graph.links).toEqual([link('A1', 'T1', 1000, 'owned by')]);
  });

  it('says what is shared, most shared first, and by whom', () => {
    const nodes = [
      thing('A1', 'account'),
      thing('A2', 'account'),
      thing('A3', 'account'),
      thing('D1', 'device'),
      thing('N1', 'network'),
      thing('N2', 'network'),
    ];
    const edges = [
      link('A1', 'D1'),
      link('A2', 'D1'),
      link('A1', 'N1'),
      link('A2', 'N1'),
      link('A3', 'N1'),
      link('A1', 'N2'),
    ];
    const shared = sharedThings(graphOf(detail([{ nodes, edges }]), nobody));
    expect(shared.map((one) => [one.thing.id, one.by.map(({ id }) => id)])).toEqual([
      ['N1', ['A1', 'A2', 'A3']],
      ['D1', ['A1', 'A2']],
    ]);
  });

  it('neighbours come strongest first', () => {
    const nodes = [thing('A1', 'account'), thing('D1', 'device'), thing('N1', 'network')];
    const edges = [link('A1', 'D1', 100), link('N1', 'A1', 900)];
    const graph = graphOf(detail([{ nodes, edges }]), nobody);
    expect(neighboursOf(graph, 'A1').map((one) => one.thing.id)).toEqual(['N1', 'D1']);
  });

  it('of too many things the least connected are left out', () => {
    const nodes = Array.from({ length: THINGS_MAX + 20 }, (_unused, at) =>
      thing(`D${at}`, 'device'),
    );
    const edges = [link(`D${THINGS_MAX + 19}`, `D${THINGS_MAX + 18}`)];
    const graph = graphOf(detail([{ nodes, edges }]), nobody);
    expect(graph.things).toHaveLength(THINGS_MAX);
    expect(graph.links).toEqual(edges);
  });
});
