import { useState, type ReactElement } from 'react';
import { compileProgram, type CompiledProgram } from '#core/programs/compile.ts';
import type { ProgramList } from '#core/sync/protocol.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { TableHead } from '#renderer/ui/table-head.tsx';
import { Changes } from './changes.tsx';

type Entry = ProgramList['programs'][number];

/** Every version there is, and what changed between any two of them. */
export function Versions({ entry }: { readonly entry: Entry }): ReactElement {
  const [chosen, setOlder] = useState<number | null>(null);
  const older = chosen ?? Math.min(1, entry.versions.length - 1);
  const [newer, setNewer] = useState(0);
  const before = compiledOf(entry.versions[older]);
  const after = compiledOf(entry.versions[newer]);
  return (
    <>
      <table>
        <TableHead
          columns={[
            'Version',
            'Accounts',
            'Since',
            'By',
            'Why',
            'Preview',
            'Hash',
            ...(entry.versions.length > 1 ? ['Compare'] : []),
          ]}
        />
        <tbody>
          {entry.versions.map((one, at) => (
            <tr key={one.version}>
              <th scope="row">{one.version}</th>
              <td className="number">{one.accounts}</td>
              <td>
                {one.effectiveFrom === null
                  ? 'came with the server'
                  : dateTimeText(one.effectiveFrom)}
              </td>
              <td>{one.author ?? '–'}</td>
              <td>{one.reason}</td>
              <td>
                {one.preview
                  ? `${one.preview.accounts} accounts, ${one.preview.failedOnlyDraft} more failed`
                  : '–'}
              </td>
              <td>
                <code>{one.hash.slice(0, 12)}</code>
              </td>
              <td hidden={entry.versions.length === 1}>
                <button type="button" onClick={() => setOlder(at)} aria-pressed={older === at}>
                  from
                </button>{' '}
                <button type="button" onClick={() => setNewer(at)} aria-pressed={newer === at}>
                  to
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {entry.versions.length > 1 && before && after ? (
        <>
          <h3>
            From version {entry.versions[older]?.version} to {entry.versions[newer]?.version}
          </h3>
          <Changes before={before} after={after} />
        </>
      ) : (
        <p className="quiet-text">One version so far: draft the next one to compare.</p>
      )}
    </>
  );
}

export function compiledOf(version: Entry['versions'][number] | undefined): CompiledProgram | null {
  if (!version) return null;
  const compiled = compileProgram(version.content, version.version);
  return compiled.ok ? compiled.value : null;
}
