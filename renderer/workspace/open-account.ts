import { goTo, isPanelHere } from '../store/place.ts';
import { useSession } from '../store/session.ts';

/** Opens an account where its page is docked; on the risk desk where it is not. */
export function openAccount(accountId: string): void {
  useSession.getState().select(accountId);
  if (!isPanelHere('account')) goTo('risk');
}
