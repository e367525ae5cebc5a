import { useEffect, useState, type ReactElement } from 'react';
import type { RendererClient } from '#renderer/desk/client.ts';
import { Sheet } from '#renderer/ui/sheet.tsx';

/** The answer that the trader gets, as it was issued. */
export function Letter({
  client,
  payoutId,
  onClose,
}: {
  readonly client: RendererClient;
  readonly payoutId: string;
  readonly onClose: () => void;
}): ReactElement {
  const [html, setHtml] = useState<string | null>(null);
  const [said, setSaid] = useState('Reading…');
  useEffect(() => {
    void client.call('letter.get', { payoutId }).then((reply) => {
      if (!reply.ok) setSaid(reply.error.message);
      else if (reply.value.html === null) setSaid('No letter has been issued yet.');
      else setHtml(reply.value.html);
    });
  }, [client, payoutId]);
  return (
    <Sheet label="Letter to the trader">
      <header className="panel-head">
        <h2>Letter to the trader</h2>
        <span className="spacer" />
        <button type="button" className="quiet" onClick={onClose}>
          Close (Esc)
        </button>
      </header>
      {html === null ? (
        <p className="empty">{said}</p>
      ) : (
        // A page of its own without scripts, forms or an origin: it can only be looked at.
        <iframe className="letter" title="Letter" sandbox="" srcDoc={html} />
      )}
    </Sheet>
  );
}
