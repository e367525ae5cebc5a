import type { ColDef } from 'ag-grid-community';
import type { ProposalView } from '#core/desk-api/contract.ts';
import { cents } from '#renderer/ui/format.ts';

export const STATE_TEXT: Readonly<Record<ProposalView['state'], string>> = {
  open: '○ To decide',
  held: '❚❚ Held',
  contested: '⚠ Contested',
  approved: '✔ Approved',
  executed: '● Carried out',
  rejected: '✖ Rejected',
  withdrawn: '– Withdrawn',
  expired: '– Expired',
};

export const PAYMENT_TEXT: Readonly<Record<ProposalView['payment'], string>> = {
  none: '',
  instructed: 'Instructed',
  sent: 'On its way',
  unknown: '⚠ Unknown',
  paid: '✔ Paid',
  declined: '✖ Declined',
  returned: '✖ Returned',
};

/** How long until it should be decided, or since when it should have been. */
export function dueText(decideBy: number, now: number): string {
  const minutes = Math.round(Math.abs(decideBy - now) / 60_000);
  const span =
    minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return decideBy >= now ? span : `▲ ${span} late`;
}

const isOpen = (state: ProposalView['state']): boolean =>
  ['open', 'held', 'contested', 'approved'].includes(state);

export function queueColumns(tab: 'payouts' | 'other'): ColDef<ProposalView>[] {
  const due: ColDef<ProposalView> = {
    colId: 'due',
    headerName: 'Due',
    headerTooltip: 'Until when it should be decided',
    width: 104,
    valueGetter: ({ data }) => data?.decideBy,
    valueFormatter: ({ data }) =>
      data && isOpen(data.state) ? dueText(data.decideBy, Date.now()) : '',
    sort: 'asc',
  };
  const state: ColDef<ProposalView> = {
    field: 'state',
    headerName: 'State',
    width: 118,
    valueFormatter: ({ value }) => STATE_TEXT[value as ProposalView['state']],
  };
  const approvals: ColDef<ProposalView> = {
    colId: 'approvals',
    headerName: 'Signed',
    headerTooltip: 'Approvals that count, of those that are needed',
    width: 70,
    valueGetter: ({ data }) => (data ? `${data.approvals} of ${data.required}` : ''),
  };
  if (tab === 'other') {
    return [
      { field: 'title', headerName: 'What', flex: 2, minWidth: 180 },
      { field: 'reason', headerName: 'Why', flex: 2, minWidth: 120 },
      {
        colId: 'makers',
        headerName: 'By',
        width: 130,
        valueGetter: ({ data }) => data?.makers.join(', '),
      },
      approvals,
      state,
      due,
    ];
  }
  return [
    { field: 'traderName', headerName: 'Trader', flex: 2, minWidth: 110 },
    {
      field: 'amount',
      headerName: 'Pays',
      width: 96,
      cellClass: 'number',
      headerClass: 'ag-right-aligned-header',
      valueFormatter: ({ value }) => cents(value as number),
    },
    {
      colId: 'standing',
      headerName: 'Standing',
      headerTooltip:
        'What stands against it, and how often rules have spoken since the last payout',
      flex: 2,
      minWidth: 140,
      valueGetter: ({ data }) => (data ? standingText(data) : ''),
    },
    approvals,
    due,
    state,
    {
      field: 'payment',
      headerName: 'Payment',
      width: 100,
      valueFormatter: ({ value }) => PAYMENT_TEXT[value as ProposalView['payment']],
    },
    { field: 'programName', headerName: 'Program', flex: 1, minWidth: 110 },
  ];
}

function standingText({ against, flags }: ProposalView): string {
  const rules = flags === 0 ? '' : `${flags} flag${flags === 1 ? '' : 's'}`;
  const stands = against.length === 0 ? '✔ nothing against it' : `✖ ${against[0]}`;
  return rules === '' ? stands : `${stands} · ${rules}`;
}
