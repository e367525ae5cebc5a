import type { ReactElement } from 'react';
import { nameOf, useNames } from '#renderer/store/names.ts';
import { useProposals } from '#renderer/store/proposals.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';

/** Everything that was ever signed on this desk, and what became of it, side by side. */
export function SignedHere(): ReactElement {
  const { signed } = useProposals();
  const names = useNames();
  if (signed.length === 0) {
    return (
      <p className="empty">
        Nothing has been signed on this desk yet. What you sign stays here, whatever becomes of it.
      </p>
    );
  }
  return (
    <div className="scroll">
      <table className="signed">
        <TableHead columns={['Signed', 'By', 'Decision', 'Proposal', 'What became of it']} />
        <tbody>
          {signed.map(
            ({ decisionId, personId, signedAt, decision, proposalId, version, state, says }) => (
              <tr key={decisionId} data-state={state}>
                <td>{dateTimeText(signedAt)}</td>
                <td>{nameOf(names, personId)}</td>
                <td>{decision}</td>
                <td>
                  <code>{proposalId}</code> v{version}
                </td>
                <td className={state === 'notCounted' || state === 'refused' ? 'loss' : ''}>
                  {says}
                </td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}
