import { lintArguments, runNode, tools, unitArguments } from '../steps.ts';

const codes = [
  await runNode(tools.types, ['-b']),
  await runNode(tools.lint, lintArguments),
  await runNode(tools.unit, [...unitArguments, 'core/tidy.test.ts']),
];
process.exit(Math.max(...codes));
