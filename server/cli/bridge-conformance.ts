import { parseArgs } from 'node:util';
import { tryClient, tryServer } from '../adapters/bridge/conformance.ts';

/**
 * npm run bridge-conformance -- --key HEX --url ws://127.0.0.1:7430     against a server
 * npm run bridge-conformance -- --key HEX --listen 7431                 against a plugin's client
 *
 * Prints one line a point and ends with 1 when one of them is not kept. Against a server only where
 * nothing real depends on it: it leaves streams and refused records behind.
 */
const { values: options } = parseArgs({
  options: {
    key: { type: 'string', default: '' },
    url: { type: 'string' },
    listen: { type: 'string' },
    bridge: { type: 'string', default: 'bridge' },
  },
});
const write = (line: string): void => void process.stdout.write(`${line}\n`);
const isHex = /^[0-9a-f]{64}$/.test(options.key);
const key = Buffer.from(options.key, isHex ? 'hex' : 'base64url');
const { bridge, url, listen } = options;
if (key.length < 32 || (url === undefined) === (listen === undefined)) {
  process.stderr.write('bridge-conformance: give --key and either --url or --listen\n');
  process.exit(2);
}
const listening = (port: number): void =>
  write(`connect the client to ws://127.0.0.1:${port}; it should have three records to tell`);
const points =
  url === undefined
    ? await tryClient({ port: Number(listen), bridge, key, listening })
    : await tryServer({ url, bridge, key });
for (const { name, problem } of points) {
  write(problem === null ? `pass  ${name}` : `FAIL  ${name}: ${problem}`);
}
const failed = points.filter(({ problem }) => problem !== null).length;
write(`${points.length - failed} of ${points.length} points are kept`);
process.exit(failed === 0 ? 0 : 1);
