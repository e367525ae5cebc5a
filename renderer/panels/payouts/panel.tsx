import { themeQuartz, type ColDef, type GridApi, type RowClickedEvent } from 'ag-grid-community';
import { AgGridReact } from 'ag-grid-react';
import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import type { ProposalView } from '#core/desk-api/contract.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo, usePlace } from '#renderer/store/place.ts';
import { useProposals } from '#renderer/store/proposals.ts';
import { gridTheme } from '#renderer/ui/grid-theme.ts';
import { usePanelKeys } from '#renderer/ui/panel-keys.ts';
import { ProposalPage } from './page.tsx';
import { Payments } from './payments.tsx';
import { queueColumns } from './columns.ts';
import { SignedHere } from './signed-here.tsx';

const TABS = ['payouts', 'other', 'signed', 'payments'] as const;
type Tab = (typeof TABS)[number];
const TITLES: Readonly<Record<Tab, string>> = {
  payouts: 'Payouts',
  other: 'Other approvals',
  signed: 'Signed on this desk',
  payments: 'Payments and books',
};
const theme = gridTheme(themeQuartz);
const OPEN = ['open', 'held', 'contested', 'approved'];

/** What waits for a second person: payouts first, then everything else that needs one. */
export function Payouts({ client }: { readonly client: RendererClient }): ReactElement {
  const { proposals } = useProposals();
  const [, chosen, proposalId] = usePlace();
  const tab = TABS.find((one) => one === chosen) ?? 'payouts';
  const open = (proposals ?? []).filter(({ state }) => OPEN.includes(state));
  const waiting = (which: Tab): number =>
    which === 'signed' || which === 'payments'
      ? 0
      : open.filter(({ action }) => (action === 'payPayout') === (which === 'payouts')).length;
  return (
    <div className="approvals">
      <section className="panel queue" aria-label={TITLES[tab]}>
        <div className="tabs" role="tablist" aria-label="Approvals">
          {TABS.map((one) => (
            <button
              key={one}
              type="button"
              role="tab"
              aria-selected={tab === one}
              onClick={() => goTo('approvals', one)}
            >
              {TITLES[one]}
              {waiting(one) > 0 && <span className="pill">{waiting(one)}</span>}
            </button>
          ))}
        </div>
        {tab === 'signed' && <SignedHere />}
        {tab === 'payments' && <Payments client={client} />}
        {(tab === 'payouts' || tab === 'other') && (
          <Queue
            key={tab}
            tab={tab}
            proposals={proposals}
            selected={proposalId}
            onSelect={(id) => goTo('approvals', tab, id)}
          />
        )}
      </section>
      {(tab === 'payouts' || tab === 'other') &&
        (proposalId !== undefined ? (
          <ProposalPage key={proposalId} client={client} proposalId={proposalId} />
        ) : (
          <section className="panel">
            <p className="empty">
              Choose one on the left: what it rests on, who has said what, and what you may do stand
              here.
            </p>
          </section>
        ))}
    </div>
  );
}

function Queue({
  tab,
  proposals,
  selected,
  onSelect,
}: {
  readonly tab: 'payouts' | 'other';
  readonly proposals: readonly ProposalView[] | null;
  readonly selected: string | undefined;
  readonly onSelect: (proposalId: string) => void;
}): ReactElement {
  const [show, setShow] = useState<'open' | 'all'>('open');
  const grid = useRef<GridApi<ProposalView> | null>(null);
  const rows = useMemo(
    () =>
      (proposals ?? []).filter(
        ({ action, state }) =>
          (action === 'payPayout') === (tab === 'payouts') &&
          (show === 'all' || OPEN.includes(state)),
      ),
    [proposals, tab, show],
  );
  const columns = useMemo<ColDef<ProposalView>[]>(() => queueColumns(tab), [tab]);
  useEffect(() => {
    const api = grid.current;
    if (!api) return;
    api.forEachNode((node) => node.setSelected(node.id === selected));
  }, [selected, rows]);
  useStep(rows, selected, onSelect);
  return (
    <>
      <div className="toolbar">
        {(['open', 'all'] as const).map((one) => (
          <button key={one} type="button" aria-pressed={show === one} onClick={() => setShow(one)}>
            {one === 'open' ? 'To decide' : 'All'}
          </button>
        ))}
        <span className="count">{rows.length} shown</span>
      </div>
      {proposals !== null && rows.length === 0 ? (
        <p className="empty">
          {tab === 'payouts'
            ? 'No payout waits. Requests arrive from the firm’s own site, by the server’s API.'
            : 'Nothing else waits for a second person.'}
        </p>
      ) : (
        <div className="grid">
          <AgGridReact<ProposalView>
            theme={theme}
            rowData={rows as ProposalView[]}
            columnDefs={columns}
            getRowId={({ data }) => data.proposalId}
            rowSelection={{ mode: 'singleRow', checkboxes: false }}
            onGridReady={({ api }) => (grid.current = api)}
            onRowClicked={({ data }: RowClickedEvent<ProposalView>) =>
              data && onSelect(data.proposalId)
            }
            onCellKeyDown={(event) => {
              const key = (event.event as KeyboardEvent | undefined)?.key;
              if (key === 'Enter' && event.data) onSelect(event.data.proposalId);
            }}
          />
        </div>
      )}
    </>
  );
}

/** J and K go through the queue without the mouse. */
function useStep(
  rows: readonly ProposalView[],
  selected: string | undefined,
  onSelect: (proposalId: string) => void,
): void {
  const hearKeys = usePanelKeys();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing =
        event.target instanceof HTMLElement &&
        /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key !== 'j' && event.key !== 'k') return;
      const at = rows.findIndex(({ proposalId }) => proposalId === selected);
      const next = rows[event.key === 'j' ? at + 1 : Math.max(0, at - 1)];
      if (next) onSelect(next.proposalId);
    };
    return hearKeys(onKey);
  }, [rows, selected, onSelect, hearKeys]);
}
