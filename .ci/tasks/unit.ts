import { runNode, tools, unitArguments } from '../steps.ts';
process.exit(await runNode(tools.unit, [...unitArguments, ...process.argv.slice(2)]));
