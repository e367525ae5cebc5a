import { createWorld, found } from './world.ts';
import { RUN_START, HOUR_MS } from './kernel.ts';
import { simulate } from './simulate.ts';
for (let s = 1; s < 15; s++) await simulate(s);
let c = process.cpuUsage().user;
const mark = (n: string) => { const d = process.cpuUsage().user; console.log(n, ((d - c) / 1000 / 20).toFixed(1)); c = process.cpuUsage().user; };
const ws = [];
for (let s = 1; s <= 20; s++) ws.push(createWorld(s, {}, false));
mark('create');
for (const w of ws) { found(w); w.kernel.after(600000, 'x', () => w.desks.forEach((d) => d.tick())); }
mark('found');
for (const w of ws) await w.kernel.runUntil(RUN_START + 2 * HOUR_MS);
mark('founding run');
for (let s = 1; s <= 20; s++) await simulate(s);
mark('all');
const g=(globalThis as any).__c; console.log(Object.entries(g as any).sort((a:any,b:any)=>b[1][0]-a[1][0]).slice(0,25).map(([k,v]:any)=>k+" "+(v[0]/34).toFixed(1)+"ms x"+(v[1]/34).toFixed(1)).join("\n"));
