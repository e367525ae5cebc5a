import { buildDesktop } from '../build.ts';

process.stdout.write((await buildDesktop()) ? 'built out/\n' : 'out/ is up to date\n');
