import { useEffect } from 'react';
import { create } from 'zustand';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { ExposureView } from '#core/exposure/view.ts';
import type { RendererClient } from '../desk/client.ts';

/** That somebody looks is said so often: the server forgets it after three times as long. */
const SAY_SO_EVERY_MS = 5_000;

/** The live book as this window was last told of it. */
export interface Exposure {
  readonly view: ExposureView | null;
  /** Whether the server answered the last time it was asked; null before. */
  readonly source: DeskCallOutput<'exposure.watch'>['source'] | null;
  /** Why this window knows nothing; empty when it does. */
  readonly failure: string;
}

export const useExposure = create<Exposure>(() => ({ view: null, source: null, failure: '' }));

/** Keeps the book live while a panel is on screen, and lets it be when none is. */
export function useWatchedBook(client: RendererClient): Exposure {
  useEffect(() => {
    const { setState } = useExposure;
    const watch = async (watches: boolean): Promise<void> => {
      const reply = await client.call('exposure.watch', { watches });
      if (!watches) return;
      if (!reply.ok) return setState({ failure: reply.error.message });
      const { view, source } = reply.value;
      const { view: before } = useExposure.getState();
      // A view that was pushed meanwhile is newer than what was asked for.
      const isNewer = view !== null && view.serverAt >= (before?.serverAt ?? 0);
      setState({ source, failure: '', ...(isNewer ? { view } : {}) });
    };
    const stop = client.onStream('exposure', (view) => setState({ view, source: 'live' }));
    const forget = client.onStream('reset', () => setState({ view: null, source: null }));
    void watch(true);
    const timer = setInterval(() => void watch(true), SAY_SO_EVERY_MS);
    return () => {
      clearInterval(timer);
      stop();
      forget();
      void watch(false);
    };
  }, [client]);
  return useExposure();
}
