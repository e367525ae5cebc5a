import { simulate } from './simulate.ts';
import { drawSwarm } from './swarm.ts';
let n = 0, t = 0;
for (let s = 1; s < 3000 && n < 2 && t < 120; s++) { const d = drawSwarm(s); if (d.losesDatabase === 0 || d.deskCrash === 0) continue; t++; const o = await simulate(s); if (o.violations.length) { n++; console.log(s, d.keepsCommitInFlight, o.violations); } }
console.log(t);
