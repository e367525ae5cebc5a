import { runPropdesk } from '../supervise.ts';

try {
  process.exit(await runPropdesk(process.argv.slice(2), false));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
