import type { z } from 'zod';
import {
  deskCalls,
  type DeskApi,
  type DeskCallInput,
  type DeskCallName,
  type DeskCallOutput,
  type DeskStreamItem,
  type DeskStreamName,
} from './contract.ts';
import type { CallFailure, Port, PortMessage } from './port.ts';

/** Calls of one renderer that wait for their desk at the same time. */
export const CALLS_WAITING_MAX = 1_000;

export type CallResult<Output> =
  | { readonly ok: true; readonly value: Output }
  | { readonly ok: false; readonly error: CallFailure };

/** A renderer's side of the port: calls by name, streams by name, frames by name. */
export interface DeskClient {
  /** Never rejects: every failure is a value with a sentence. */
  call<Name extends DeskCallName>(
    name: Name,
    input: DeskCallInput<Name>,
  ): Promise<CallResult<DeskCallOutput<Name>>>;
  /** Returns a function that stops listening. */
  onStream<Name extends DeskStreamName>(
    name: Name,
    listener: (item: DeskStreamItem<Name>) => void,
  ): () => void;
  onFrame(name: string, listener: (bytes: ArrayBuffer | Uint8Array) => void): () => void;
}

/** Time comes from the host: core has no timers. Calls `done` after so many milliseconds. */
export type After = (milliseconds: number, done: () => void) => void;
const CALL_TIMES_OUT_MS = 20_000;

export function connectDesk(port: Port, after: After): DeskClient {
  const waiting = new Map<number, (result: CallResult<unknown>) => void>();
  const streams = new Map<string, Set<(item: unknown) => void>>();
  const frames = new Map<string, Set<(bytes: ArrayBuffer | Uint8Array) => void>>();
  let next = 0;
  const settle = (id: number, result: CallResult<unknown>): void => {
    waiting.get(id)?.(result);
    waiting.delete(id);
  };
  port.onMessage((message) => {
    if (message.type === 'reply') settle(message.id, { ok: true, value: message.output });
    else if (message.type === 'failure') settle(message.id, { ok: false, error: message.failure });
    else if (message.type === 'stream')
      for (const hear of streams.get(message.name) ?? []) hear(message.item);
    else if (message.type === 'frame') {
      for (const hear of frames.get(message.name) ?? []) hear(message.bytes);
      port.send({ type: 'received', name: message.name });
    }
  });
  return {
    call: (name, input) =>
      new Promise((done) => {
        if (waiting.size >= CALLS_WAITING_MAX) {
          done(failed('broken', 'the desk does not answer; reload the window'));
          return;
        }
        next += 1;
        const id = next;
        waiting.set(id, done as (result: CallResult<unknown>) => void);
        after(CALL_TIMES_OUT_MS, () => settle(id, failed('timedOut', `${name} took too long`)));
        port.send({ type: 'call', id, name, input });
      }),
    onStream: (name, listener) => listen(streams, name, listener as (item: unknown) => void),
    onFrame: (name, listener) => listen(frames, name, listener),
  };
}

/** A desk's failure that a person should read: anything else that is thrown is a broken desk. */
export class DeskRefusal extends Error {
  readonly failure: CallFailure;
  constructor(failure: CallFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** The host's side: every input is read by its schema before use, nothing is thrown across. */
export function serveDesk(api: DeskApi, port: Port): () => void {
  return port.onMessage((message) => {
    if (!isCall(message)) return;
    void answer(api, message).then((reply) => port.send(reply));
  });
}

/** A renderer may send anything: what is no call is not heard. */
function isCall(message: unknown): message is Extract<PortMessage, { type: 'call' }> {
  const call = message as { type?: unknown; id?: unknown; name?: unknown } | null | undefined;
  return call?.type === 'call' && Number.isInteger(call.id) && typeof call.name === 'string';
}

async function answer(
  api: DeskApi,
  { id, name, input }: Extract<PortMessage, { type: 'call' }>,
): Promise<PortMessage> {
  const fail = (failure: CallFailure): PortMessage => ({ type: 'failure', id, failure });
  if (!Object.hasOwn(deskCalls, name)) {
    return fail({ code: 'unknownCall', message: `this desk knows no call "${name}"` });
  }
  const known = name as DeskCallName;
  const parsed = (deskCalls[known].input as z.ZodType).safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return fail({
      code: 'invalid',
      message: `${name}: ${issue?.path.join('.')}: ${issue?.message}`,
    });
  }
  try {
    const output = await (api[known] as (value: unknown) => Promise<unknown>)(parsed.data);
    return { type: 'reply', id, output };
  } catch (error) {
    if (error instanceof DeskRefusal) return fail(error.failure);
    return fail({
      code: 'broken',
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

function failed(code: CallFailure['code'], message: string): { ok: false; error: CallFailure } {
  return { ok: false, error: { code, message } };
}

function listen<Item>(
  all: Map<string, Set<(item: Item) => void>>,
  name: string,
  listener: (item: Item) => void,
): () => void {
  const listeners = all.get(name) ?? new Set();
  all.set(name, listeners.add(listener));
  return () => void listeners.delete(listener);
}
