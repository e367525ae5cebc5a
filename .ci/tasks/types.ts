import { runNode, tools } from '../steps.ts';
process.exit(await runNode(tools.types, ['-b', ...process.argv.slice(2)]));
