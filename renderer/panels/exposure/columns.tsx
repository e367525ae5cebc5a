import type { ColDef, ICellRendererParams } from 'ag-grid-community';
import type { ReactElement } from 'react';
import { measureText } from '#core/exposure/limits.ts';
import { grossOf, longShareOf, netOf, type SliceName } from '#core/exposure/slices.ts';
import { cents } from '#renderer/ui/format.ts';
import { TONE_GLYPH, toneOf, type RowUsage, type SliceRow } from './rows.ts';
import { HELD_SLICES, keyText, perMilleText, signedWhole, SLICE_TITLES, whole } from './words.ts';

type Cell = ICellRendererParams<SliceRow>;

const number: ColDef<SliceRow> = {
  cellClass: 'number',
  headerClass: 'ag-right-aligned-header',
  width: 102,
};

/** How one-sided a row is. */
const longShare: ColDef<SliceRow> = {
  ...number,
  colId: 'share',
  headerName: 'Is long',
  headerTooltip: 'Of the gross, so much is long: far from 50 % is one-sided',
  width: 72,
  valueGetter: ({ data }) => (data ? longShareOf(data) : null),
  valueFormatter: ({ value }) => perMilleText(value as number | null),
};

/** What stands in the grid of a slice. */
export function sliceColumns(
  by: SliceName,
  programs: ReadonlyMap<string, string>,
): ColDef<SliceRow>[] {
  return [
    {
      colId: 'key',
      headerName: SLICE_TITLES[by],
      flex: 1,
      minWidth: 112,
      pinned: 'left',
      valueGetter: ({ data }) => (data ? keyText(by, data.key, programs) : ''),
    },
    {
      colId: 'usage',
      headerName: 'Limit',
      headerTooltip: 'The fullest limit on it, and how much of it is used',
      width: 128,
      valueGetter: ({ data }) => data?.usage?.share ?? -1,
      cellRenderer: ({ data }: Cell) => (data?.usage ? <UsageBar usage={data.usage} /> : null),
    },
    {
      colId: 'sides',
      headerName: 'Short ◂ ▸ Long',
      headerTooltip: 'What traders are short and long of, and the net of both',
      flex: 2,
      minWidth: 120,
      sortable: false,
      valueGetter: ({ data }) => (data ? netOf(data) : 0),
      cellRenderer: ({ data }: Cell) => (data ? <Sides row={data} /> : null),
    },
    {
      ...number,
      colId: 'net',
      headerName: 'Net',
      headerTooltip: 'Long less short, in USD. Above zero, traders gain as it rises.',
      valueGetter: ({ data }) => (data ? netOf(data) : 0),
      valueFormatter: ({ value }) => signedWhole(value as number),
      comparator: (one: number, other: number) => Math.abs(one) - Math.abs(other),
    },
    {
      ...number,
      colId: 'gross',
      headerName: 'Gross',
      headerTooltip: 'Long and short together, in USD',
      sort: 'desc',
      valueGetter: ({ data }) => (data ? grossOf(data) : 0),
      valueFormatter: ({ value }) => whole(value as number),
    },
    ...(HELD_SLICES.includes(by) ? [longShare] : owedColumns()),
    {
      ...number,
      colId: 'floating',
      headerName: 'Floating',
      headerTooltip: 'Of the traders, in USD; what a trader gains is the firm’s to pay',
      valueGetter: ({ data }) => data?.floating ?? 0,
      valueFormatter: ({ value }) => cents(value as number),
      cellClassRules: {
        gain: ({ value }) => (value as number) > 0,
        loss: ({ value }) => (value as number) < 0,
      },
    },
    {
      ...number,
      field: 'accounts',
      headerName: 'Accounts',
      headerTooltip: 'Accounts with anything open there',
      width: 82,
      hide: by === 'assetClass' || by === 'currency',
    },
    {
      ...number,
      field: 'positions',
      headerName: 'Positions',
      width: 82,
    },
    ...(HELD_SLICES.includes(by) ? [] : [longShare]),
  ];
}

function owedColumns(): ColDef<SliceRow>[] {
  return [
    {
      ...number,
      field: 'payable',
      headerName: 'Owed now',
      headerTooltip: 'Traders’ part of closed profit, less what stands open against it',
      width: 88,
      valueFormatter: ({ value }) => whole(value as number | null),
    },
    {
      ...number,
      field: 'ifClosed',
      headerName: 'If closed',
      headerTooltip: 'Traders’ part of all profit, had everything just been closed',
      width: 88,
      valueFormatter: ({ value }) => whole(value as number | null),
    },
  ];
}

/** Short to the left, long to the right, and where the net of both lies. */
function Sides({ row }: { readonly row: SliceRow }): ReactElement {
  const { long, short, scale } = row;
  const part = (amount: number): string => `${(50 * Math.abs(amount)) / scale}%`;
  const net = netOf(row);
  return (
    <span className="sides" aria-hidden="true">
      <i className="side-short" style={{ width: part(short) }} />
      <i className="side-long" style={{ width: part(long) }} />
      <i
        className="side-net"
        style={net < 0 ? { right: '50%', width: part(net) } : { left: '50%', width: part(net) }}
      />
    </span>
  );
}

export function UsageBar({ usage }: { readonly usage: RowUsage }): ReactElement {
  const tone = toneOf(usage);
  const { limit, share } = usage;
  const words = `${TONE_GLYPH[tone]} ${perMilleText(share)} ${measureText(limit.measure).split(' ')[0]}`;
  return (
    <span className="usage" title={`${whole(usage.usage.value)} of ${whole(limit.limit)}`}>
      <i className={`bar bar-${tone}`} style={{ width: `${Math.min(100, share / 10)}%` }} />
      <span className={`usage-${tone}`}>{words.trim()}</span>
    </span>
  );
}
