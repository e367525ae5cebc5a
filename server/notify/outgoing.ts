/** A message as it leaves: whole, and the same whenever it is tried again. */
export interface Outgoing {
  /** Names it for ever: whoever gets it twice can see that it is one. */
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  /** What messages about the same matter share, so that mail programs put them together. */
  readonly thread: string;
  /** For programs: JSON. */
  readonly body: string;
  /** What is attached to a mail; nothing where left out. */
  readonly files?: readonly AttachedFile[];
}

export interface AttachedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** What came of trying to send. */
export type Outcome =
  | { readonly type: 'sent'; readonly says: string }
  /** It may arrive another time. */
  | { readonly type: 'failed'; readonly says: string }
  /** It will never arrive there. */
  | { readonly type: 'refused'; readonly says: string };

export interface Sender {
  send(message: Outgoing, to: string): Promise<Outcome>;
  close(): void;
}

export const SAYS_MAX = 300;

/** An error in one line that a person can read: no stack, no secret, no more than so much. */
export function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // A line break in what another machine says must not look like a line of ours.
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, SAYS_MAX);
}
