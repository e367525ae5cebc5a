import { useCallback, useEffect, useState } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import type { PeriodId } from './words.ts';

/** Numbers of now are read again at this pace, while somebody looks. */
const READ_EVERY_MS = 5_000;

export interface Looked {
  readonly period: PeriodId;
  /** Null is now. */
  readonly until: number | null;
}

/** What the server last said, or why it said nothing; null before it said anything. */
export interface ReadState<Value> {
  readonly value: Value | null;
  readonly failure: string;
}

export function useKpiList(
  client: RendererClient,
  { period, until }: Looked,
): ReadState<DeskCallOutput<'kpi.list'>> {
  const read = useCallback(
    () => client.call('kpi.list', { period, until }),
    [client, period, until],
  );
  return useRead(read, until === null);
}

export function useKpiDetail(
  client: RendererClient,
  kpiId: string,
  { period, until }: Looked,
): ReadState<DeskCallOutput<'kpi.detail'>> {
  const read = useCallback(
    () => client.call('kpi.detail', { kpiId, period, until }),
    [client, kpiId, period, until],
  );
  return useRead(read, until === null);
}

type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: { readonly message: string } };

function useRead<Value>(read: () => Promise<Reply<Value>>, again: boolean): ReadState<Value> {
  const [state, setState] = useState<ReadState<Value>>({ value: null, failure: '' });
  useEffect(() => {
    let current = true;
    let isReading = false;
    const look = async (): Promise<void> => {
      if (isReading || document.hidden) return;
      isReading = true;
      const reply = await read();
      isReading = false;
      if (!current) return;
      // What was read before stays on screen beside the reason why nothing newer is.
      setState(({ value }) =>
        reply.ok ? { value: reply.value, failure: '' } : { value, failure: reply.error.message },
      );
    };
    setState({ value: null, failure: '' });
    void look();
    const timer = again ? setInterval(() => void look(), READ_EVERY_MS) : undefined;
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [read, again]);
  return state;
}
