import { buildRenderer } from '../build.ts';

process.stdout.write(
  (await buildRenderer()) ? 'built out/renderer\n' : 'out/renderer is up to date\n',
);
