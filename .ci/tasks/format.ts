import { runNode, tools } from '../steps.ts';
process.exit(
  await runNode(tools.format, [
    '--config',
    '.ci/prettier.json',
    '--ignore-path',
    '.ci/prettierignore',
    '--write',
    '.',
  ]),
);
