import { create } from 'zustand';
import type { ProposalView, SignedDecision } from '#core/desk-api/contract.ts';
import type { RendererClient } from '../desk/client.ts';

/** What waits for people, and what was signed here: read again whenever the desk says it changed. */
export interface Proposals {
  readonly proposals: readonly ProposalView[] | null;
  readonly signed: readonly SignedDecision[];
  /** Rises with every change, for pages that read more. */
  readonly version: number;
}

export const useProposals = create<Proposals>(() => ({ proposals: null, signed: [], version: 0 }));

/** Called once. Changes that come together are read once. */
export function startProposals(client: RendererClient): void {
  const { setState, getState } = useProposals;
  let reading = false;
  let again = false;
  const read = async (): Promise<void> => {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    const [list, signed] = await Promise.all([
      client.call('proposals.list', {}),
      client.call('decision.list', {}),
    ]);
    reading = false;
    setState({
      ...(list.ok ? { proposals: list.value.proposals } : {}),
      ...(signed.ok ? { signed: signed.value.decisions } : {}),
      version: getState().version + 1,
    });
    if (!again) return;
    again = false;
    void read();
  };
  client.onLink((linked) => {
    if (linked) void read();
  });
  for (const name of ['governed', 'person', 'reset'] as const)
    client.onStream(name, () => void read());
}
