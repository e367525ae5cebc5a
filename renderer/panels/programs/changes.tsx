import type { ReactElement } from 'react';
import type { CompiledProgram } from '#core/programs/compile.ts';
import { diffPrograms } from '#core/programs/diff.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';

const FAVOURS = { trader: '▲ trader', firm: '▼ firm', unclear: '' } as const;

/** What one version says otherwise than another, in plain language. */
export function Changes({
  before,
  after,
}: {
  readonly before: CompiledProgram;
  readonly after: CompiledProgram;
}): ReactElement {
  const changes = diffPrograms(before, after);
  if (changes.length === 0) return <p className="quiet-text">Nothing differs.</p>;
  return (
    <table className="changes">
      <TableHead columns={['Phase', 'What', 'Before', 'After', 'Favours']} />
      <tbody>
        {changes.map((change) => (
          <tr key={`${change.phase}/${change.what}/${change.before ?? ''}`}>
            <td>{change.phase}</td>
            <th scope="row">{change.what}</th>
            <td>{change.before ?? 'not there'}</td>
            <td>{change.after ?? 'not there any more'}</td>
            <td>{FAVOURS[change.favours]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
