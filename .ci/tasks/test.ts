import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser } from '../browser.ts';
import { lintArguments, root, runNode, timed, tools, unitArguments } from '../steps.ts';
import { buildRenderer } from '../build.ts';

/**
 * Everything: types, lint, unit and property tests (layer rules among them), then the console end
 * to end in a real browser. One stage that fails hides no other; the last line counts them all.
 */
interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const results = join(root, 'test-results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const total: Count = { passed: 0, failed: 0, skipped: 0 };
add(await stage('types', () => runNode(tools.types, ['-b'])));
add(await stage('lint', () => runNode(tools.lint, lintArguments)));
add(await unit());
add(await endToEnd());
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

function add(count: Count): void {
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
}

async function stage(name: string, work: () => Promise<number>): Promise<Count> {
  const code = await timed(name, work);
  if (code !== 0) process.stdout.write(`${name} failed\n`);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function unit(): Promise<Count> {
  const report = join(results, 'unit.json');
  const code = await timed('unit and property tests', () =>
    runNode(tools.unit, [
      ...unitArguments,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ]),
  );
  const counted = readReport(report, (json) => ({
    passed: Number(json.numPassedTests),
    failed: Number(json.numFailedTests),
    skipped: Number(json.numPendingTests) + Number(json.numTodoTests ?? 0),
  }));
  return atLeastOneFailure(counted, code);
}

async function endToEnd(): Promise<Count> {
  if (!readdirSync(join(root, 'e2e')).some((name) => name.endsWith('.e2e.ts'))) {
    process.stdout.write('end to end: no spec is written yet\n');
    return { passed: 0, failed: 0, skipped: 0 };
  }
  const browser = findBrowser();
  if (browser === null) {
    process.stdout.write(
      'No Chromium or Chrome was found: install one to run the end-to-end tests.\n',
    );
    return process.env.CI
      ? { passed: 0, failed: 1, skipped: 0 }
      : { passed: 0, failed: 0, skipped: 1 };
  }
  const broken = await timed('renderer build', () =>
    buildRenderer().then(
      () => null,
      (error: unknown) => String(error),
    ),
  );
  if (broken !== null) {
    process.stdout.write(`${broken}\n`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const report = join(results, 'e2e.json');
  const code = await timed('end to end', () =>
    runNode(tools.e2e, ['test', '--config', 'e2e/playwright.config.ts'], {
      PROPDESK_CHROMIUM: browser,
      PROPDESK_E2E_REPORT: report,
    }),
  );
  const counted = readReport(report, (json) => {
    const stats = json.stats as {
      expected: number;
      unexpected: number;
      skipped: number;
      flaky: number;
    };
    return {
      passed: stats.expected + stats.flaky,
      failed: stats.unexpected,
      skipped: stats.skipped,
    };
  });
  return atLeastOneFailure(counted, code);
}

function readReport(file: string, read: (json: Record<string, unknown>) => Count): Count {
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  return read(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>);
}

/** A runner that stopped without a failed test (a crash, a broken file) has failed all the same. */
function atLeastOneFailure(count: Count, code: number): Count {
  return code === 0 || count.failed > 0 ? count : { ...count, failed: 1 };
}
