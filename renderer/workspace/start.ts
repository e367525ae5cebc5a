import { forgetFilters } from '../store/grid-filters.ts';
import { ALONE, goToWorkspace, placeNow, workspaceNow } from '../store/place.ts';
import { openPreferences, usePreferences } from '../store/preferences.ts';
import { useSession } from '../store/session.ts';
import { dockedIn } from './dockable.ts';
import { openOverlay } from '../store/overlay.ts';
import { startViewOf } from './views.ts';

/**
 * Where somebody begins. An address that was asked for always wins; who has just signed in begins
 * where their role does; who opens the page again goes on where they were. Called once, before the
 * session is read.
 */
export function startPlaces(): void {
  useSession.subscribe(({ person }, { person: before }) => {
    if (person === before || person?.personId === before?.personId) return;
    openOverlay(null);
    if (!person) {
      // The next person does not see where the one before stood, nor a panel of theirs.
      if (before && workspaceNow() === ALONE) return window.close();
      if (before) history.replaceState(null, '', location.pathname);
      window.dispatchEvent(new HashChangeEvent('hashchange'));
      useSession.getState().select(null);
      forgetFilters();
      return;
    }
    openPreferences(person.personId);
    if (location.hash.length > 2) return openLinked();
    const { own, last } = usePreferences.getState().workspaces;
    const isKnown = own.includes(last) || dockedIn(last).length > 0;
    goToWorkspace(before === undefined && isKnown ? last : startViewOf(person.roles));
  });
  window.addEventListener('hashchange', () => {
    openLinked();
    const workspace = workspaceNow();
    const { workspaces, set } = usePreferences.getState();
    if (!useSession.getState().person || workspace === ALONE || workspaces.last === workspace)
      return;
    set({ workspaces: { ...workspaces, last: workspace } });
  });
}

/** An address may name an account of the risk desk: "#/risk/A000007". */
function openLinked(): void {
  const [view, accountId] = placeNow();
  if (view === 'risk' && accountId !== undefined) useSession.getState().select(accountId);
}
