import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { exampleSchema } from '../examples/example.ts';
import { runExample } from '../examples/run.ts';

/**
 * npm run examples -- FILE.json [--json]
 *
 * Runs published worked examples through the engine, both evaluators at once, and prints the
 * engine's numbers beside the published ones. Exit code 0 when none failed, 1 when some did,
 * 2 when the file cannot be used.
 */
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const [file] = positionals;
const results = readExamples(file).map((example) => ({ example, outcome: runExample(example) }));
const count = (result: string): number =>
  results.filter(({ outcome }) => outcome.result === result).length;
const summary = {
  passed: count('passed'),
  failed: count('failed'),
  notCovered: count('not covered'),
  notUnderstood: count('not understood'),
};
if (options.json) {
  const listed = results.map(({ example, outcome }) => ({
    id: example.id,
    ruleKind: example.rule_kind,
    ...outcome,
  }));
  process.stdout.write(`${JSON.stringify({ results: listed, ...summary }, null, 2)}\n`);
} else {
  for (const { example, outcome } of results) {
    process.stdout.write(
      `${outcome.result.padEnd(15)} ${example.id.padEnd(30)} ${example.rule_kind}\n`,
    );
    if ('reason' in outcome) process.stdout.write(`${' '.repeat(16)}${outcome.reason}\n`);
    else {
      for (const { field, published, engine, equal } of outcome.comparisons) {
        const said = equal === null ? 'not compared' : `engine ${String(engine)}`;
        const sign = equal === false ? '≠' : ' ';
        process.stdout.write(
          `${' '.repeat(16)}${sign} ${field}: published ${String(published)}, ${said}\n`,
        );
      }
    }
  }
  process.stdout.write(
    `${summary.passed} passed, ${summary.failed} failed, ` +
      `${summary.notCovered} not covered, ${summary.notUnderstood} not understood\n`,
  );
}
process.exit(summary.failed === 0 ? 0 : 1);

function readExamples(path: string | undefined): ReturnType<typeof exampleSchema.parse>[] {
  if (path === undefined) return unusable('give a file: npm run examples -- FILE.json');
  let input: unknown;
  try {
    input = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return unusable(`${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!Array.isArray(input)) return unusable(`${path}: expected a list of examples`);
  return input.map((entry, at) => {
    const parsed = exampleSchema.safeParse(entry);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    return unusable(`${path}: example ${at + 1}: ${issue?.path.join('.')}: ${issue?.message}`);
  });
}

function unusable(message: string): never {
  process.stderr.write(`examples: ${message}\n`);
  process.exit(2);
}
