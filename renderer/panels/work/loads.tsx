import type { ReactElement } from 'react';
import type { WorkList } from './reading.ts';
import { spanText } from './words.ts';

/** Who has how much: those who are most behind first, what nobody has on top. */
export function Loads({
  loads,
  onPerson,
}: {
  readonly loads: WorkList['loads'];
  /** Shows what one person has; null for what nobody has. */
  readonly onPerson: (personId: string | null) => void;
}): ReactElement {
  const rows = [...loads].sort(
    (one, other) =>
      Number(one.person !== null) - Number(other.person !== null) ||
      other.overdue - one.overdue ||
      other.items - one.items,
  );
  const most = Math.max(1, ...rows.map(({ items }) => items));
  if (rows.length === 0) return <p className="empty">Nothing waits, for nobody.</p>;
  return (
    <div className="work-scroll">
      <table className="work-loads">
        <caption className="unseen">Work by person</caption>
        <thead>
          <tr>
            <th scope="col">Person</th>
            <th scope="col">Items</th>
            <th scope="col">Overdue</th>
            <th scope="col">Paused</th>
            <th scope="col">Working time owed</th>
            <th scope="col">
              <span className="unseen">Show</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ person, items, overdue, paused, owedMs }) => (
            <tr key={person?.personId ?? ''}>
              <th scope="row">{person?.name ?? '– nobody has it yet'}</th>
              <td className="number cell">
                <i className="bar bar-calm" style={{ width: `${(items * 100) / most}%` }} />
                <span>{items}</span>
              </td>
              <td className={`number ${overdue > 0 ? 'loss' : ''}`}>
                {overdue > 0 ? `▲ ${overdue}` : '0'}
              </td>
              <td className="number">{paused}</td>
              <td className="number">{spanText(owedMs)}</td>
              <td>
                <button
                  type="button"
                  className="quiet"
                  onClick={() => onPerson(person?.personId ?? null)}
                >
                  Show
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
