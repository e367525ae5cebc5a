import type { ReactElement } from 'react';
import type { RendererClient } from '../desk/client.ts';
import { AccountDetail } from '../panels/index.ts';
import { useSession } from '../store/session.ts';

/** The account that was opened last, in whichever panel or window that was. */
export function AccountPage({ client }: { readonly client: RendererClient }): ReactElement {
  const selected = useSession((session) => session.selected);
  if (selected !== null) return <AccountDetail client={client} accountId={selected} />;
  return (
    <section className="panel" aria-label="Account">
      <p className="empty">
        No account is open. Choose one in the grid or behind an alert, or find it by name with
        Ctrl+K: its page appears here.
      </p>
    </section>
  );
}
