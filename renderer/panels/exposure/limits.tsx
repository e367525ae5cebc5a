import type { ReactElement } from 'react';
import { shareText, type ExposurePlace } from '#core/exposure/limits.ts';
import type { ExposureView } from '#core/exposure/view.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { useProposals } from '#renderer/store/proposals.ts';
import { goTo } from '#renderer/store/place.ts';
import { dateTimeText, timeText } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { UsageBar } from './columns.tsx';
import { LimitEditor, type LimitDraft } from './limit-editor.tsx';
import { usagesOf, type RowUsage } from './rows.ts';
import { keyText, SLICE_TITLES, whole } from './words.ts';

/** Limits in force, how much of each is used, and a change of them that others approve. */
export function Limits({
  client,
  view,
  programs,
  draft,
  onDraft,
  onPlace,
}: {
  readonly client: RendererClient;
  readonly view: ExposureView;
  readonly programs: ReadonlyMap<string, string>;
  /** A change that is being written; null while none is. */
  readonly draft: LimitDraft | null;
  readonly onDraft: (draft: LimitDraft | null) => void;
  readonly onPlace: (place: ExposurePlace) => void;
}): ReactElement {
  const { inForce, decided } = view.limits;
  const waiting = useProposals(({ proposals }) =>
    (proposals ?? []).find(
      ({ action, state }) =>
        action === 'changeExposureLimits' && ['open', 'held', 'contested'].includes(state),
    ),
  );
  if (draft) {
    return <LimitEditor client={client} view={view} draft={draft} onDraft={onDraft} />;
  }
  const usages = usagesOf(view);
  return (
    <>
      <div className="toolbar">
        <span className="quiet-text">
          {decided
            ? [
                `Version ${inForce.version}`,
                `${inForce.limits.length} limits`,
                `left ${shareText(inForce.hysteresis)} below their line`,
              ].join(' · ')
            : 'No limits yet'}
        </span>
        <span className="spacer" />
        <button
          type="button"
          className="primary"
          title="Propose a change (P)"
          onClick={() => onDraft({ add: null })}
        >
          Propose a change
        </button>
      </div>
      {waiting && (
        <p className="note">
          A change of limits waits for a second person.{' '}
          <button
            type="button"
            className="quiet"
            onClick={() => goTo('approvals', 'other', waiting.proposalId)}
          >
            Open it under Approvals
          </button>
        </p>
      )}
      {usages.length === 0 ? (
        <p className="empty">
          Nothing is held against a limit. Choose a row on the left and press P to propose one: a
          second person signs it, and crossing it raises an alert.
        </p>
      ) : (
        <table className="limit-table" aria-label="Limits and how much of them is used">
          <TableHead columns={['Of', 'Measure', 'Used', 'Limit', 'Since']} />
          <tbody>
            {usages.map((one) => (
              <UsageRow
                key={`${one.usage.limitId} ${one.usage.key}`}
                one={one}
                programs={programs}
                onPlace={onPlace}
              />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function UsageRow({
  one,
  programs,
  onPlace,
}: {
  readonly one: RowUsage;
  readonly programs: ReadonlyMap<string, string>;
  readonly onPlace: (place: ExposurePlace) => void;
}): ReactElement {
  const { limit, usage } = one;
  const { by } = limit;
  return (
    <tr>
      <th scope="row">
        <button
          type="button"
          className="quiet cut"
          title={`${SLICE_TITLES[by]} ${usage.key}, by the limit ${limit.limitId}`}
          onClick={() => onPlace({ by, key: usage.key })}
        >
          {keyText(by, usage.key, programs)}
        </button>
      </th>
      <td className="usage-cell">
        <UsageBar usage={one} />
      </td>
      <td className="number">{whole(usage.value)}</td>
      <td className="number">{whole(usage.limit)}</td>
      <td className="number" title={usage.since === null ? '' : dateTimeText(usage.since)}>
        {usage.since === null ? '' : timeText(usage.since).slice(0, 5)}
      </td>
    </tr>
  );
}
