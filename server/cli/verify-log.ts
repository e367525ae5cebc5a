import { existsSync, readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { makeEdits } from '../verify/edits.ts';
import { printable, verdictLines } from '../verify/verdict-text.ts';
import { NOT_PROVEN, verifyBundle } from '../verify/verify-bundle.ts';

/**
 * npm run verify-log -- <bundle> [explain <payout>] [--key <fingerprint or file>]
 *                       [--older <checkpoint file>] [--every N] [--json] [--edits N [--seed N]]
 *
 * Checks an exported log, offline. Exit code 0 in order; 1 not what was signed (names the first
 * entry that differs); 2 a rule was broken (names entry and payout); 3 cannot be read. `--every 100`
 * derives the verdicts of one account in a hundred. `--edits 10000` tries the verifier instead: so
 * many random changes of a copy, each of which it must find (exit code 1 when it misses one).
 */
const FILE_BYTES_MAX = 65_536;
const EDITS_SHOWN_EVERY = 500;
const parsed = readArguments();
const { positionals, values: options } = parsed;
const [folder, verb, subject] = positionals;
const isExplained = verb === 'explain' && subject !== undefined;
if (folder === undefined || (verb !== undefined && !isExplained)) {
  unusable('say which folder: verify-log <bundle> [explain <payout>]');
}
if (!existsSync(folder)) unusable(`${folder} does not exist`);
if (options.edits === undefined) verify(folder);
else tryEdits(folder, Number(options.edits));

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        key: { type: 'string' },
        older: { type: 'string' },
        every: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        edits: { type: 'string' },
        seed: { type: 'string', default: '1' },
      },
    });
  } catch (error) {
    unusable(error instanceof Error ? error.message : String(error));
  }
}

function unusable(message: string): never {
  process.stderr.write(`verify-log: ${printable(message)}\n`);
  process.exit(3);
}

function verify(folder: string): void {
  const started = performance.now();
  let shown = started;
  const verdict = verifyBundle(folder, {
    key: options.key === undefined ? null : textOrFile(options.key),
    older: options.older === undefined ? null : fileText(options.older),
    explain: isExplained ? subject : null,
    everyNth: Math.max(1, Number(options.every) || 1),
    progress: (what) => {
      if (performance.now() - shown < 2_000) return;
      shown = performance.now();
      process.stderr.write(`  ${what}\n`);
    },
  });
  const seconds = (performance.now() - started) / 1000;
  if (options.json) {
    const report = { ...verdict, seconds, notProven: NOT_PROVEN };
    process.stdout.write(`${escaped(JSON.stringify(report, null, 2))}\n`);
  } else if (isExplained) {
    const { story, findings } = verdict;
    const lines =
      story === null || story.length === 0 ? [`Nothing is known of ${subject}.`] : story;
    const own = findings.filter(({ payoutId }) => payoutId === subject);
    const others = findings.length - own.length;
    write(lines);
    write([own.length === 0 ? 'Nothing is wrong with it.' : `${own.length} findings, above.`]);
    if (others > 0) write([`The log has ${others} other findings.`]);
    if (verdict.problems.length > 0) write(verdict.problems);
  } else write(verdictLines(verdict, seconds));
  process.exitCode = verdict.exit;
}

/** Control characters are escaped by JSON itself; what turns or hides text is escaped here. */
function escaped(json: string): string {
  return json.replaceAll(/[\p{Cf}\p{Cs}\p{Co}\u007f-\u009f\p{Zl}\p{Zp}]/gu, (hidden) =>
    [...hidden]
      .map((one) =>
        one.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
      )
      .flat()
      .join(''),
  );
}

function write(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${printable(line)}\n`);
}

function fileText(path: string): string {
  if (!existsSync(path)) unusable(`${path} does not exist`);
  if (statSync(path).size > FILE_BYTES_MAX) unusable(`${path} is too large`);
  return readFileSync(path, 'utf8');
}

/** A key is given as it is written on paper, or as a file that holds it. */
function textOrFile(given: string): string {
  return existsSync(given) && statSync(given).isFile() ? fileText(given) : given;
}

function tryEdits(folder: string, count: number): void {
  const started = performance.now();
  const { tried, missed, misplaced, placed, byKind } = makeEdits(
    folder,
    count,
    Number(options.seed),
    (done) => {
      if (done % EDITS_SHOWN_EVERY === 0) process.stderr.write(`  ${done} edits\n`);
    },
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  for (const sentence of [...missed, ...misplaced])
    process.stdout.write(`${printable(sentence)}\n`);
  const kinds = Object.entries(byKind).map(([kind, many]) => `${kind} ${many}`);
  write([
    `${tried} random edits (seed ${options.seed}) in ${seconds} s: ${tried - missed.length} found, ` +
      `${missed.length} missed`,
    `of the ${placed + misplaced.length} that changed an entry, ${placed} were found at that entry first`,
    kinds.join(', '),
  ]);
  process.exitCode = missed.length + misplaced.length === 0 ? 0 : 1;
}
