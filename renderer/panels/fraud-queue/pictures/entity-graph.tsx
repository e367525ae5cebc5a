import cytoscape, { type Core, type ElementDefinition, type StylesheetJson } from 'cytoscape';
import { useEffect, useRef, type ReactElement } from 'react';
import { KIND_TEXT, type Graph, type ThingKind } from '../graph.ts';

/** Each kind has a shape of its own: colour is never the only difference. */
const SHAPES: Readonly<Record<ThingKind, string>> = {
  trader: 'ellipse',
  account: 'round-rectangle',
  device: 'rectangle',
  network: 'hexagon',
  document: 'diamond',
  address: 'triangle',
  payee: 'octagon',
  purchase: 'pentagon',
  affiliate: 'star',
};
const LABEL_MAX = 22;
/** Beyond so many things their shape alone tells their kind. */
const CROWD = 40;
const CIRCLE_PX = 180;
/** Few things are not blown up to fill the frame. */
const FIT_ZOOM_MAX = 1.4;

/** Traders, accounts and what they share, drawn once and without movement. */
export function EntityGraph({
  graph,
  chosen,
  theme,
  onChoose,
}: {
  readonly graph: Graph;
  readonly chosen: string | null;
  readonly theme: string;
  readonly onChoose: (id: string | null) => void;
}): ReactElement {
  const holder = useRef<HTMLDivElement | null>(null);
  const drawn = useRef<Core | null>(null);
  const choose = useRef(onChoose);
  useEffect(() => {
    choose.current = onChoose;
  }, [onChoose]);
  useEffect(() => {
    if (!holder.current) return;
    const core = cytoscape({
      container: holder.current,
      elements: elementsOf(graph),
      style: styleOf(),
      layout: { name: 'preset' },
      minZoom: 0.2,
      maxZoom: 3,
      // Nothing moves by itself: positions are computed at once.
      autoungrabify: false,
      boxSelectionEnabled: false,
    });
    core
      .layout({
        name: 'cose',
        animate: false,
        randomize: false,
        fit: true,
        padding: 24,
        nodeDimensionsIncludeLabels: true,
        idealEdgeLength: () => 70,
      })
      .run();
    fitWithin(core);
    core.on('tap', 'node', ({ target }) => choose.current((target as { id(): string }).id()));
    core.on('tap', (event) => {
      if (event.target === core) choose.current(null);
    });
    drawn.current = core;
    return () => {
      drawn.current = null;
      core.destroy();
    };
  }, [graph, theme]);
  useEffect(() => {
    const core = drawn.current;
    if (!core) return;
    core.elements().removeClass('chosen near far');
    if (chosen === null) return;
    const node = core.getElementById(chosen);
    const near = node.closedNeighborhood();
    core.elements().not(near).addClass('far');
    near.addClass('near');
    node.addClass('chosen');
  }, [chosen, graph, theme]);
  const zoom = (factor: number): void => {
    const core = drawn.current;
    if (!core) return;
    core.zoom({
      level: core.zoom() * factor,
      renderedPosition: { x: core.width() / 2, y: core.height() / 2 },
    });
  };
  return (
    <div className="entity-graph">
      <div
        ref={holder}
        className="entity-canvas"
        role="img"
        aria-label={
          `Graph of ${graph.things.length} things and ${graph.links.length} links; ` +
          'the list beside it holds the same'
        }
      />
      <p className="graph-tools" role="group" aria-label="Graph">
        <button type="button" onClick={() => zoom(1.25)} aria-label="Larger">
          +
        </button>
        <button type="button" onClick={() => zoom(0.8)} aria-label="Smaller">
          −
        </button>
        <button type="button" onClick={() => drawn.current && fitWithin(drawn.current)}>
          Whole
        </button>
      </p>
    </div>
  );
}

function fitWithin(core: Core): void {
  core.fit(undefined, 24);
  if (core.zoom() <= FIT_ZOOM_MAX) return;
  core.zoom(FIT_ZOOM_MAX);
  core.center();
}

function elementsOf({ things, links }: Graph): ElementDefinition[] {
  const nodes = things.map(({ id, kind, label }, at): ElementDefinition => {
    const angle = (2 * Math.PI * at) / Math.max(1, things.length);
    return {
      data: {
        id,
        kind,
        label: things.length > CROWD ? short(label) : `${KIND_TEXT[kind]}\n${short(label)}`,
      },
      position: { x: CIRCLE_PX * Math.cos(angle), y: CIRCLE_PX * Math.sin(angle) },
    };
  });
  const edges = links.map(({ from, to, label, weight }, at): ElementDefinition => ({
    data: { id: `link ${at}`, source: from, target: to, label, width: 1 + weight / 300 },
  }));
  return [...nodes, ...edges];
}

function short(label: string): string {
  return label.length > LABEL_MAX ? `${label.slice(0, LABEL_MAX)}…` : label;
}

function styleOf(): StylesheetJson {
  const computed = getComputedStyle(document.documentElement);
  const color = (name: string): string => computed.getPropertyValue(name).trim();
  const fills: Readonly<Record<ThingKind, string>> = {
    trader: '--series-1',
    account: '--series-2',
    device: '--series-3',
    network: '--series-4',
    document: '--series-5',
    address: '--series-6',
    payee: '--serious',
    purchase: '--watch',
    affiliate: '--balance',
  };
  return [
    {
      selector: 'node',
      style: {
        label: 'data(label)',
        'text-wrap': 'wrap',
        'font-size': 9,
        'font-family': 'system-ui, sans-serif',
        color: color('--text'),
        'text-valign': 'bottom',
        'text-margin-y': 3,
        'text-background-color': color('--surface'),
        'text-background-opacity': 0.8,
        'text-background-padding': '1px',
        width: 22,
        height: 22,
        'border-width': 1,
        'border-color': color('--surface-sunk'),
      },
    },
    ...(Object.keys(SHAPES) as ThingKind[]).map((kind) => ({
      selector: `node[kind = "${kind}"]`,
      style: { shape: SHAPES[kind], 'background-color': color(fills[kind]) },
    })),
    {
      selector: 'edge',
      style: {
        width: 'data(width)',
        'line-color': color('--line'),
        'curve-style': 'bezier',
        'font-size': 8,
        color: color('--text-quiet'),
      },
    },
    {
      selector: 'edge.near',
      style: {
        'line-color': color('--accent'),
        label: 'data(label)',
        'text-background-color': color('--surface'),
        'text-background-opacity': 0.9,
      },
    },
    { selector: '.far', style: { opacity: 0.25 } },
    {
      selector: 'node.chosen',
      style: { 'border-width': 3, 'border-color': color('--accent') },
    },
  ] as StylesheetJson;
}
