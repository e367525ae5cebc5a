import { columnar } from './columnar.ts';
import type { Contender } from './contender.ts';
import { objects } from './objects.ts';
import { richest } from './richest.ts';
import { reference } from './reference.ts';
import { sqlite } from './sqlite.ts';

export const contenders: readonly Contender[] = [columnar, richest, objects, reference, sqlite];
