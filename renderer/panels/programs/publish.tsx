import { useState, type ReactElement } from 'react';
import type { ProgramInput } from '#core/programs/program.ts';
import {
  isRetroactive,
  migrationSchema,
  type Migration,
  type PreviewSummary,
} from '#core/programs/programs.events.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { useSession } from '#renderer/store/session.ts';
import { dateTimeText, instantOf } from '#renderer/ui/format.ts';

const REACHES: Readonly<Record<Migration, string>> = {
  newPurchasesOnly: 'new purchases only',
  fromNextPhase: 'accounts that enter their next phase, too',
  fromNextPayout: 'running accounts, too, at their next payout',
  fromDate: 'running accounts, too, on the day it takes effect',
};

const PROPOSED =
  'Proposed. Another person approves it under “Approvals”; then it becomes a version by itself.';

/** Proposes a draft as a version: when it takes effect, whom it reaches, and why. */
export function Publish({
  client,
  content,
  preview,
  version,
}: {
  readonly client: RendererClient;
  readonly content: ProgramInput;
  readonly preview: PreviewSummary | null;
  readonly version: number;
}): ReactElement {
  const marketAt = useSession((session) => session.pulse?.marketAt ?? null);
  const [reason, setReason] = useState('');
  const [migration, setMigration] = useState<Migration>('newPurchasesOnly');
  const [from, setFrom] = useState('');
  const [confirmed, setConfirmed] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const retroactive = isRetroactive(migration);
  // A confirmation is of one preview: another preview asks again.
  const isConfirmed = preview !== null && confirmed === preview.hash;
  const publish = (): void => {
    if (!preview) return;
    setSaid('Proposing…');
    void client
      .call('programs.publish', {
        content: content as never,
        migration,
        effectiveFrom: from === '' ? null : instantOf(from),
        confirmedHurt: retroactive && isConfirmed ? preview.failedOnlyDraft : null,
        previewHash: preview.hash,
        reason,
      })
      .then((reply) => {
        setSaid(reply.ok ? PROPOSED : reply.error.message);
      });
  };
  return (
    <fieldset className="publish">
      <legend>Propose version {version}</legend>
      <p className="field">
        <label htmlFor="migration">It holds for</label>
        <select
          id="migration"
          value={migration}
          onChange={(event) => setMigration(migrationSchema.parse(event.target.value))}
        >
          {migrationSchema.options.map((option) => (
            <option key={option} value={option}>
              {REACHES[option]}
            </option>
          ))}
        </select>
      </p>
      <p className="field">
        <label htmlFor="effective-from">From (UTC)</label>
        <input
          id="effective-from"
          type="datetime-local"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
        <span className="quiet-text">
          {from === ''
            ? 'at once'
            : marketAt !== null && `it is ${dateTimeText(marketAt)} in the market`}
        </span>
      </p>
      {retroactive && preview && (
        <p>
          <label className="confirmation">
            <input
              type="checkbox"
              checked={isConfirmed}
              onChange={(event) => setConfirmed(event.target.checked ? preview.hash : null)}
            />
            <span>
              I have seen how many accounts would have failed under it alone:{' '}
              <b>{preview.failedOnlyDraft}</b>. It moves only accounts for which nothing gets
              harder; any other waits until its trader accepts.
            </span>
          </label>
        </p>
      )}
      <p className="field">
        <label htmlFor="reason">Why</label>
        <input
          id="reason"
          value={reason}
          maxLength={400}
          onChange={(event) => setReason(event.target.value)}
        />
      </p>
      <p>
        <button
          type="button"
          className="primary"
          disabled={!preview || reason === '' || (retroactive && !isConfirmed)}
          onClick={publish}
        >
          Propose
        </button>{' '}
        <span className="quiet-text" role="status">
          {said ||
            (preview
              ? `Rests on preview ${preview.hash.slice(0, 12)}: ${preview.failedOnlyDraft} would fail only under it.`
              : 'Preview the impact of exactly this draft first.')}
        </span>
      </p>
    </fieldset>
  );
}
