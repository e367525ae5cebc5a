import type { en } from './en.ts';

/** A sentence's name; each language has all of them. */
export type SentenceKey = keyof typeof en;
export type Catalogue = Readonly<Record<SentenceKey, string>>;
