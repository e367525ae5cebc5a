import { useState, type ReactElement } from 'react';
import type { RendererClient } from '#renderer/desk/client.ts';
import { saveText } from '#renderer/ui/save.ts';

/** The evidence of one verdict as a file for its trader: made and signed by the server. */
export function PackButton({
  client,
  accountId,
  seq,
}: {
  readonly client: RendererClient;
  readonly accountId: string;
  readonly seq: number;
}): ReactElement {
  const [state, setState] = useState<'ready' | 'making'>('ready');
  const [said, setSaid] = useState('');
  const make = async (): Promise<void> => {
    setState('making');
    setSaid('');
    const reply = await client.call('evidence.pack', { accountId, seq });
    setState('ready');
    if (!reply.ok) return setSaid(reply.error.message);
    saveText(reply.value.name, reply.value.html);
    setSaid(`Saved as ${reply.value.name}: the trader checks it with propdesk-verify.`);
  };
  return (
    <>
      <button
        type="button"
        disabled={state === 'making'}
        aria-busy={state === 'making'}
        onClick={() => void make()}
      >
        {state === 'making' ? 'Making the pack…' : 'Evidence pack…'}
      </button>{' '}
      <span role="status">{said}</span>
    </>
  );
}
