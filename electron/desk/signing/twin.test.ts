import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTwin } from './twin.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'propdesk-twin-'));
  file = join(folder, 'signed.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

function keep(...lines: readonly string[]): void {
  const twin = openTwin(file);
  for (const line of lines) twin.keep(line);
}

describe('the second copy of what was signed', () => {
  it('holds every line in order, also after a restart', () => {
    keep('one', 'two');
    keep('three');
    expect(openTwin(file).lines()).toEqual(['one', 'two', 'three']);
  });

  it('is empty before anything was signed', () => {
    expect(openTwin(file).lines()).toEqual([]);
  });

  it('can be read by its owner alone', () => {
    keep('one');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('leaves out a last line that is torn, at whichever byte', () => {
    keep('one', 'two');
    const whole = readFileSync(file);
    const second = whole.indexOf('\n') + 1;
    for (let length = second; length < whole.length - 1; length += 1) {
      writeFileSync(file, whole.subarray(0, length));
      expect(openTwin(file).lines()).toEqual(['one']);
    }
  });

  it('keeps what is signed after a torn line', () => {
    keep('one', 'two');
    writeFileSync(file, readFileSync(file).subarray(0, -3));
    keep('three');
    expect(openTwin(file).lines()).toEqual(['one', 'three']);
  });

  it('leaves out a line that does not match its check, and none of the others', () => {
    keep('one', 'two', 'three');
    writeFileSync(file, readFileSync(file, 'utf8').replace(' two', ' too'));
    expect(openTwin(file).lines()).toEqual(['one', 'three']);
  });

  it('leaves out what others have written into it', () => {
    keep('one');
    appendFileSync(file, 'not ours\n\n0123456789abcdef not ours either\n');
    expect(openTwin(file).lines()).toEqual(['one']);
  });

  it('keeps nothing for a desk in memory', () => {
    const twin = openTwin(null);
    twin.keep('one');
    expect(twin.lines()).toEqual([]);
  });
});
