import { lintArguments, runNode, tools } from '../steps.ts';
process.exit(await runNode(tools.lint, lintArguments));
