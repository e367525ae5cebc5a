import type { WorkRow } from '#core/desk-api/work-calls.ts';
import { goTo, type View } from '#renderer/store/place.ts';
import { openAccount } from '#renderer/workspace/open-account.ts';
import { openOverlay } from '#renderer/store/overlay.ts';

/** Which view has a page, and where within it. */
const PLACES: Readonly<Record<string, readonly [view: View, ...rest: string[]]>> = {
  case: ['cases', 'queue'],
  payouts: ['approvals', 'payments'],
  dispute: ['support', 'disputes'],
  ticket: ['support', 'tickets'],
  order: ['orders'],
};

/** Opens the page of what an item is about; says why where there is none. */
export function openLink({ page, id }: WorkRow['link']): string {
  if (page === 'account') {
    openAccount(id);
    return '';
  }
  if (page === 'feeds') {
    openOverlay('feeds');
    return '';
  }
  const [view, ...rest] = PLACES[page] ?? [];
  if (view === undefined) return `This desk has no page for it: ${page} ${id}.`;
  goTo(view, ...rest, ...(page === 'payouts' || id === '' ? [] : [id]));
  return '';
}
