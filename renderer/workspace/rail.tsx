import type { ReactElement } from 'react';
import { useCases } from '../store/cases.ts';
import { goToWorkspace, useWorkspace } from '../store/place.ts';
import { usePreferences } from '../store/preferences.ts';
import { useProposals } from '../store/proposals.ts';
import { titleOf } from './dock-control.ts';
import { ICONS } from './icons.ts';
import { GROUPS, viewKinds } from './views.ts';

/** What waits in a view, beside its name. */
interface Badge {
  readonly count: number;
  readonly says: string;
}

/** Every workspace, a click or a key away; narrow until somebody wants it wide. */
export function Rail(): ReactElement {
  const workspace = useWorkspace();
  const { rail, workspaces, set } = usePreferences();
  const badges = useBadges();
  const wide = rail === 'wide';
  return (
    <nav className={wide ? 'rail wide' : 'rail'} aria-label="Views">
      <div className="rail-views">
        {GROUPS.map((group) => (
          <div key={group} role="group" aria-label={group}>
            {wide && (
              <p className="rail-group" aria-hidden="true">
                {group}
              </p>
            )}
            {viewKinds
              .filter((view) => view.group === group)
              .map(({ name, key, says, icon }) => (
                <RailButton
                  key={name}
                  name={name}
                  keys={key}
                  says={says}
                  icon={icon}
                  current={workspace === name}
                  badge={badges[name]}
                />
              ))}
          </div>
        ))}
        {workspaces.own.length > 0 && (
          <div role="group" aria-label="My own">
            {workspaces.own.map((name) => (
              <RailButton
                key={name}
                name={name}
                keys=""
                says="A workspace of your own"
                icon={ICONS.own}
                current={workspace === name}
                badge={undefined}
              />
            ))}
          </div>
        )}
      </div>
      <button
        type="button"
        className="quiet rail-width"
        aria-expanded={wide}
        aria-label={wide ? 'Narrow rail' : 'Wide rail'}
        title={wide ? 'Narrow rail' : 'Wide rail'}
        onClick={() => set({ rail: wide ? 'narrow' : 'wide' })}
      >
        <Icon path={wide ? ICONS.narrow : ICONS.wide} />
      </button>
    </nav>
  );
}

function RailButton(props: {
  readonly name: string;
  readonly keys: string;
  readonly says: string;
  readonly icon: string;
  readonly current: boolean;
  readonly badge: Badge | undefined;
}): ReactElement {
  const { name, keys, says, icon, current, badge } = props;
  const title = titleOf(name);
  return (
    <button
      type="button"
      className="rail-view"
      aria-pressed={current}
      title={`${says}${keys === '' ? '' : ` (${keys})`}`}
      onClick={() => goToWorkspace(name)}
    >
      <Icon path={icon} />
      <span className="rail-title">{title}</span>
      {badge && badge.count > 0 && (
        <span className="pill" title={badge.says}>
          {badge.count > 99 ? '99+' : badge.count}
        </span>
      )}
      <kbd aria-hidden="true">{keys}</kbd>
    </button>
  );
}

export function Icon({ path }: { readonly path: string }): ReactElement {
  return (
    <svg className="icon-line" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  );
}

function useBadges(): Readonly<Record<string, Badge>> {
  const waiting = useProposals(
    ({ proposals }) => (proposals ?? []).filter(({ mayDecide }) => mayDecide).length,
  );
  const overdue = useCases(({ counts }) => counts?.overdue ?? 0);
  return {
    approvals: { count: waiting, says: 'Wait for your decision' },
    cases: { count: overdue, says: 'Overdue' },
  };
}
