import { createRandom, seedFor, type Random } from '#core/kernel/random.ts';
import { sectorsOf, type Change, type Disk, type Fate, type Image, type Loss } from './disk.ts';
import { isSharedMemory } from './trace.ts';

const SHARED_MEMORY_BYTES = 32_768;
/** Beyond so many pending changes, the places at which all later ones are lost are drawn. */
const PREFIXES_MAX = 24;

/** Images of one point in time: the plain ones always, and `drawn` more that a seed decides. */
export function* imagesAt(disk: Disk, seed: number, drawn: number): Iterable<Image> {
  const { changes, names } = disk.pending();
  const count = changes.length;
  const after = (name: string, lossOf: (random: Random) => Loss): Image => {
    const random = createRandom(seedFor(seed, name));
    return withSharedMemory(disk.after(lossOf(random), random), random);
  };
  yield after('nothing kept', () => inOrder(0, 0));
  yield after('everything kept', () => inOrder(count, names));
  if (names > 0) yield after('only names kept', () => inOrder(0, names));
  if (names > 0) yield after('only bytes kept', () => inOrder(count, 0));
  for (const kept of placesIn(count, seed)) {
    yield after(`${kept} kept`, (random) => inOrder(kept, random.below(names + 1)));
  }
  // Without anything on its way, all images are the same.
  for (let at = 0; at < (count === 0 ? Math.min(drawn, names * 2) : drawn); at += 1) {
    yield after(`drawn ${at}`, (random) => drawLoss(random, changes, names));
  }
}

function placesIn(count: number, seed: number): number[] {
  const all = Array.from({ length: Math.max(0, count - 1) }, (_, at) => at + 1);
  const random = createRandom(seedFor(seed, 'places'));
  while (all.length > PREFIXES_MAX) all.splice(random.below(all.length), 1);
  return all;
}

function inOrder(kept: number, namesKept: number): Loss {
  return { namesKept, sizesKept: false, fate: (change) => (change < kept ? 'kept' : 'lost') };
}

function drawLoss(random: Random, changes: readonly Change[], names: number): Loss {
  const draw = random.pick([torn, damaged, reordered, scattered, scattered]);
  return {
    namesKept: random.below(names + 1),
    sizesKept: random.below(4) === 0,
    fate: draw(random, changes),
  };
}

type Draw = (random: Random, changes: readonly Change[]) => Loss['fate'];

/** In order up to one write, of which some sectors arrived. */
const torn: Draw = (random, changes) => {
  const place = random.below(changes.length);
  const arrived = Array.from({ length: sectorsOf(changes[place]) }, () => random.below(2) === 0);
  return (change, sector) => {
    if (change !== place) return change < place ? 'kept' : 'lost';
    return arrived[sector] ? 'kept' : 'lost';
  };
};

/** In order up to one write, which from some sector on arrived as something else. */
const damaged: Draw = (random, changes) => {
  const place = random.below(changes.length);
  const from = random.below(sectorsOf(changes[place]));
  return (change, sector) => {
    if (change !== place) return change < place ? 'kept' : 'lost';
    return sector < from ? 'kept' : 'damaged';
  };
};

/** Whole writes arrived in another order: some later ones did, some earlier ones did not. */
const reordered: Draw = (random, changes) => {
  const share = random.fraction();
  const kept = changes.map(() => random.fraction() < share);
  return (change) => (kept[change] ? 'kept' : 'lost');
};

/** Every sector for itself. */
const scattered: Draw = (random) => {
  const share = random.fraction();
  const harm = random.below(3) === 0 ? 0.05 : 0;
  return (): Fate => {
    if (random.fraction() >= share) return 'lost';
    return random.fraction() < harm ? 'damaged' : 'kept';
  };
};

/** Nothing is known of it: it may be gone, or hold anything. */
function withSharedMemory(image: Image, random: Random): Image {
  const files = [...image].filter(([name]) => !isSharedMemory(name));
  for (const [name] of [...image].filter(([other]) => isSharedMemory(other))) {
    if (random.below(2) === 0) continue;
    const words = new Uint32Array(SHARED_MEMORY_BYTES / 4);
    if (random.below(2) === 0) for (const at of words.keys()) words[at] = random.next();
    files.push([name, new Uint8Array(words.buffer)]);
  }
  return new Map(files);
}
