/**
 * The one object between a renderer and its desk: two verbs. A message is JSON, or JSON beside
 * binary frames; Electron's message port and the loopback's socket both carry it unchanged.
 */
export interface Port {
  send(message: PortMessage): void;
  /** Returns a function that stops listening. */
  onMessage(listener: (message: PortMessage) => void): () => void;
}

export type PortMessage =
  | { readonly type: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly type: 'reply'; readonly id: number; readonly output: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly failure: CallFailure }
  | { readonly type: 'stream'; readonly name: string; readonly item: unknown }
  | { readonly type: 'frame'; readonly name: string; readonly bytes: ArrayBuffer | Uint8Array }
  /** From a renderer: one frame has been read, the next may come. */
  | { readonly type: 'received'; readonly name: string };

/** Why a call failed: a closed set, so that a screen has a sentence for each. */
export type CallFailure =
  | { readonly code: 'invalid'; readonly message: string }
  | { readonly code: 'unknownCall'; readonly message: string }
  | { readonly code: 'offline'; readonly message: string }
  | { readonly code: 'rejected'; readonly message: string }
  | { readonly code: 'timedOut'; readonly message: string }
  | { readonly code: 'broken'; readonly message: string };
