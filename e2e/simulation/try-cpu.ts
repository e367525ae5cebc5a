import { simulate } from './simulate.ts';
for (let s = 1; s <= 30; s++) await simulate(s);
const c = process.cpuUsage().user,
  t = performance.now();
let st = 0;
for (let s = 31; s <= 130; s++) {
  const o = await simulate(s);
  st += o.steps;
  if (o.violations.length) console.log(s, o.violations.slice(0, 3));
}
console.log(
  'cpu/seed',
  (process.cpuUsage().user - c) / 1e5,
  'wall',
  (performance.now() - t) / 100,
  'steps',
  st / 100,
);
