import type { Contender } from './contender.ts';
import { objects } from './objects.ts';
import { bands, linear, richest } from './propdesk.ts';
import { reference } from './reference.ts';
import { sqlite } from './sqlite.ts';

export const contenders: readonly Contender[] = [
  bands,
  richest,
  linear,
  objects,
  reference,
  sqlite,
];
