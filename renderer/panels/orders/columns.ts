import type { ColDef } from 'ag-grid-community';
import type { OrderRow } from '#core/desk-api/order-calls.ts';
import { cents, dateTimeText } from '#renderer/ui/format.ts';
import { durationText, KIND_TEXT, STATE_TEXT } from './words.ts';

/** These move with time alone. */
export const AGING_COLUMNS: readonly string[] = ['age', 'stands'];

/** What it stands still at, and when it is tried again. */
export function standsText({ stands }: OrderRow, now: number): string {
  if (!stands) return '';
  if (stands.retryAt === null) return stands.sentence;
  const wait = Math.max(0, stands.retryAt - now);
  return `${stands.sentence} (tried again in ${durationText(wait)})`;
}

/** What columns know beside the row: the desk's clock minus this machine's. */
export interface OrderContext {
  readonly offsetMs: number;
}

function nowIn({ context }: { readonly context: OrderContext }): number {
  return Date.now() + context.offsetMs;
}

export function orderColumns(beside: boolean): ColDef<OrderRow>[] {
  const span = (
    name: keyof OrderRow['spans'],
    headerName: string,
    tip: string,
  ): ColDef<OrderRow> => ({
    colId: name,
    headerName,
    headerTooltip: tip,
    width: 100,
    cellClass: 'number',
    headerClass: 'ag-right-aligned-header',
    valueGetter: ({ data }) => data?.spans[name],
    valueFormatter: ({ value }) => (typeof value === 'number' ? durationText(value) : ''),
  });
  const all: ColDef<OrderRow>[] = [
    {
      field: 'state',
      headerName: 'State',
      width: 132,
      valueFormatter: ({ data, value }) =>
        `${STATE_TEXT[value as OrderRow['state']]}${data?.waits === true ? ' …' : ''}`,
    },
    {
      colId: 'stands',
      headerName: 'Stands still because',
      flex: 3,
      minWidth: 160,
      valueGetter: (params) => (params.data ? standsText(params.data, nowIn(params)) : ''),
      tooltipValueGetter: ({ data }) => data?.stands?.sentence,
    },
    { field: 'programName', headerName: 'Program', flex: 2, minWidth: 120 },
    {
      field: 'kind',
      headerName: 'Kind',
      width: 88,
      valueFormatter: ({ value }) => KIND_TEXT[value as OrderRow['kind']],
    },
    {
      field: 'price',
      headerName: 'Price',
      width: 100,
      cellClass: 'number',
      headerClass: 'ag-right-aligned-header',
      valueFormatter: ({ data }) => (data ? `${cents(data.price)} ${data.currency}` : ''),
    },
    {
      colId: 'age',
      headerName: 'Age',
      headerTooltip: 'Since it was received',
      width: 96,
      cellClass: 'number',
      headerClass: 'ag-right-aligned-header',
      valueGetter: (params) =>
        params.data ? Math.max(0, nowIn(params) - params.data.receivedAt) : 0,
      valueFormatter: ({ value }) => durationText(value as number),
      tooltipValueGetter: ({ data }) => data && `${dateTimeText(data.receivedAt)} UTC`,
    },
    span('created', 'Account', 'From the purchase to the open account'),
    span('credentialsSent', 'Link sent', 'From the purchase to the mail'),
    span('firstTraded', 'First trade', 'From the purchase to the first trade'),
    { field: 'accountId', headerName: 'Account', width: 124 },
    { field: 'externalId', headerName: 'Order', flex: 1, minWidth: 100 },
  ];
  if (!beside) return all;
  const kept = ['state', 'stands', 'programName', 'age', 'created'];
  return all.filter(({ field, colId }) => kept.includes(colId ?? field ?? ''));
}
