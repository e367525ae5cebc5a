import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createBridgeAdapter } from '../adapters/bridge/adapter.ts';
import { openLonePartition } from '../adapters/lone-partition.ts';

/**
 * node server/cli/bridge-server.ts --data DIR --key HEX [--port 0] [--snapshot 100000]
 *
 * A partition behind a bridge, without desks and people: what a plugin is tried against, and what
 * the load tool measures. Prints its port.
 */
const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    key: { type: 'string' },
    port: { type: 'string', default: '0' },
    bridge: { type: 'string', default: 'bridge' },
    snapshot: { type: 'string', default: '100000' },
  },
});
if (options.data === undefined || !/^[0-9a-f]{64}$/.test(options.key ?? '')) {
  process.stderr.write('bridge-server: give --data DIR and --key with 64 hexadecimal digits\n');
  process.exit(2);
}
const folder = resolve(options.data);
mkdirSync(folder, { recursive: true });
const lone = openLonePartition({
  file: join(folder, 'log.sqlite'),
  recordsPerSnapshot: Number(options.snapshot),
  adapter: ({ logId }, offers) =>
    createBridgeAdapter({
      bridge: options.bridge,
      key: Buffer.from(options.key ?? '', 'hex'),
      host: '127.0.0.1',
      port: Number(options.port),
      tls: null,
      delivers: [],
      log: logId,
      offers: () => offers,
      now: Date.now,
      note: (line) => process.stderr.write(`${line}\n`),
      listening: (port) => process.stdout.write(`port ${port}\n`),
      failed: (error) => {
        process.stderr.write(`bridge-server: ${error.message}\n`);
        process.exit(1);
      },
    }),
});
process.once('SIGTERM', () => {
  lone.stop();
  process.exit(0);
});
