import { useCallback, useEffect, useRef, useState } from 'react';
import type { DeskCallInput, DeskCallName, DeskCallOutput } from '#core/desk-api/contract.ts';
import type { CallResult } from '#core/desk-api/rpc.ts';
import type { RendererClient } from '#renderer/desk/client.ts';

/** Changes that come together are read once. */
const READ_EVERY_MS = 700;
/** Time alone makes tickets late. */
const AGE_EVERY_MS = 60_000;

export interface Reading<Value> {
  /** Null until it was read once. */
  readonly value: Value | null;
  /** Why it cannot be read; empty when it can. */
  readonly failure: string;
  reread(): Promise<void>;
}

/** What a call answers, read again whenever the desk says that something changed. */
export function useReading<Name extends DeskCallName>(
  client: RendererClient,
  name: Name,
  input: DeskCallInput<Name>,
): Reading<DeskCallOutput<Name>> {
  const [value, setValue] = useState<DeskCallOutput<Name> | null>(null);
  const [failure, setFailure] = useState('');
  const asked = JSON.stringify(input);
  const latest = useRef(asked);
  useEffect(() => {
    latest.current = asked;
  }, [asked]);
  const reread = useCallback(async () => {
    const wish = JSON.parse(asked) as DeskCallInput<Name>;
    const reply = await client.call(name, wish);
    // An answer to what nobody asks any more.
    if (latest.current !== asked) return;
    if (reply.ok) setValue(reply.value);
    setFailure(reply.ok ? '' : reply.error.message);
  }, [client, name, asked]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let gone = false;
    const soon = (): void => {
      timer ??= setTimeout(() => {
        timer = null;
        if (!gone) void reread();
      }, READ_EVERY_MS);
    };
    void reread();
    const stops = [
      client.onStream('governed', soon),
      client.onStream('reset', soon),
      client.onStream('person', soon),
      client.onStream('connection', soon),
    ];
    const aging = setInterval(soon, AGE_EVERY_MS);
    return () => {
      gone = true;
      if (timer !== null) clearTimeout(timer);
      clearInterval(aging);
      for (const stop of stops) stop();
    };
  }, [client, reread]);
  return { value, failure, reread };
}

type Sent = CallResult<{ readonly commandId: string; readonly state: 'queued' | 'accepted' }>;

/** Doing something, one at a time, with what came of it in words. */
export function useSending(after: () => Promise<void>): {
  readonly busy: boolean;
  readonly said: string;
  /** Null when it was refused, and what was typed is to stay. */
  send(call: () => Promise<Sent>): Promise<'queued' | 'accepted' | null>;
  clear(): void;
} {
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const sending = useRef(false);
  const send = useCallback(
    async (call: () => Promise<Sent>) => {
      if (sending.current) return null;
      sending.current = true;
      setBusy(true);
      setSaid('');
      const reply = await call();
      await after();
      sending.current = false;
      setBusy(false);
      if (!reply.ok) {
        setSaid(reply.error.message);
        return null;
      }
      if (reply.value.state === 'queued') setSaid('It leaves when the server can be reached.');
      return reply.value.state;
    },
    [after],
  );
  const clear = useCallback(() => setSaid(''), []);
  return { busy, said, send, clear };
}
