import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import { decodeSlice } from '#core/sync/slice-frame.ts';
import {
  FRAGILE_LISTED_MAX,
  mostFragile,
  shockBook,
  type BookSlice,
  type Shock,
  type ShockResult,
} from '#core/what-if/book-shock.ts';
import { DeskRefusal } from '#core/desk-api/rpc.ts';

/** A slice older than this is asked for again. */
const SLICE_FRESH_MS = 2_000;
/** Work for so long, then let others have the thread: the desk goes on following meanwhile. */
const STRETCH_MS = 12;

/** Runs shocks on the latest slice of the book that the server gives. */
export interface BookShocks {
  run(shocks: readonly Shock[]): Promise<DeskCallOutput<'book.shock'>>;
}

export function createBookShocks(ports: {
  readonly ask: () => Promise<unknown>;
  readonly now: () => number;
}): BookShocks {
  let slice: BookSlice | null = null;
  let asOf = 0;
  const fresh = async (): Promise<BookSlice> => {
    if (slice !== null && ports.now() - asOf < SLICE_FRESH_MS) return slice;
    const reply = await ports.ask();
    if (reply instanceof Uint8Array) {
      const decoded = decodeSlice(reply);
      if (!decoded.ok) throw new DeskRefusal({ code: 'rejected', message: decoded.error });
      slice = decoded.value;
      asOf = ports.now();
    }
    if (slice !== null) return slice;
    const message = 'The book is on the server, and it cannot be reached.';
    throw new DeskRefusal({ code: 'offline', message });
  };
  return {
    run: async (shocks) => {
      const book = await fresh();
      const start = performance.now();
      const results: ShockResult[] = [];
      let stretch = performance.now();
      for (const shock of shocks) {
        results.push(shockBook(book, shock));
        if (performance.now() - stretch < STRETCH_MS) continue;
        await new Promise((done) => setImmediate(done));
        stretch = performance.now();
      }
      const fragile = mostFragile(book, FRAGILE_LISTED_MAX);
      const milliseconds = performance.now() - start;
      return { asOf, milliseconds, symbols: [...book.symbols], results, fragile };
    },
  };
}
