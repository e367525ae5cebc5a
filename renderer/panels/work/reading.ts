import { useCallback, useEffect, useRef, useState } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { WorkDetail } from '#core/desk-api/work-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';

export type WorkList = DeskCallOutput<'work.list'>;

/** Changes that come together are read once. */
const READ_EVERY_MS = 1_000;
/** Time alone moves what is owed. */
const AGE_EVERY_MS = 20_000;

/** All work as this desk has it: read again whenever that says it changed, and as time goes by. */
export function useWorkList(
  client: RendererClient,
  settled: boolean,
): {
  readonly list: WorkList | null;
  /** Why it cannot be read; empty when it can. */
  readonly failure: string;
  /** Rises with every reading. */
  readonly version: number;
  reread(): void;
} {
  const [state, setState] = useState<{
    readonly list: WorkList | null;
    readonly failure: string;
    readonly version: number;
  }>({ list: null, failure: '', version: 0 });
  const soon = useRef<() => void>(() => {});
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const read = async (): Promise<void> => {
      const reply = await client.call('work.list', { settled });
      if (gone) return;
      setState(({ list, version }) => ({
        list: reply.ok ? reply.value : list,
        failure: reply.ok ? '' : reply.error.message,
        version: version + 1,
      }));
    };
    const readSoon = (delayMs: number): void => {
      if (timer !== null || gone) return;
      timer = setTimeout(() => {
        timer = null;
        void read();
      }, delayMs);
    };
    soon.current = () => readSoon(0);
    void read();
    const stops = [
      client.onStream('governed', () => readSoon(READ_EVERY_MS)),
      client.onStream('reset', () => readSoon(READ_EVERY_MS)),
      client.onStream('person', () => readSoon(0)),
    ];
    const aging = setInterval(() => readSoon(0), AGE_EVERY_MS);
    return () => {
      gone = true;
      if (timer !== null) clearTimeout(timer);
      clearInterval(aging);
      for (const stop of stops) stop();
    };
  }, [client, settled]);
  const reread = useCallback(() => soon.current(), []);
  return { ...state, reread };
}

/** One item with its history; `version` rises when it should be read again. */
export function useWorkDetail(
  client: RendererClient,
  itemId: string,
  version: number,
): {
  readonly detail: WorkDetail | null;
  readonly failure: string;
  reread(): Promise<WorkDetail | null>;
} {
  const [state, setState] = useState<{
    readonly detail: WorkDetail | null;
    readonly failure: string;
  }>({ detail: null, failure: '' });
  const reread = useCallback(async () => {
    const reply = await client.call('work.get', { itemId });
    setState(({ detail }) => ({
      detail: reply.ok ? reply.value : detail,
      failure: reply.ok ? '' : reply.error.message,
    }));
    return reply.ok ? reply.value : null;
  }, [client, itemId]);
  useEffect(() => {
    void reread();
  }, [reread, version]);
  return { ...state, reread };
}
