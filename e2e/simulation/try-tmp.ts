import { simulate } from './simulate.ts';
const from = Number(process.argv[2] ?? 1), n = Number(process.argv[3] ?? 5);
const start = performance.now();
for (let seed = from; seed < from + n; seed++) {
  const o = await simulate(seed, { verbose: process.argv[4] === 'v' });
  if (process.argv[4] === 'v') for (const l of o.trace) console.log(l);
  console.log(seed, o.steps, o.facts, 'paid', o.paid, o.situations.length, o.violations.slice(0, 4).join(' | ').slice(0, 600));
}
console.log(((performance.now() - start) / n).toFixed(0), 'ms/seed', (process.cpuUsage().user/1000/n).toFixed(0), 'cpu');
