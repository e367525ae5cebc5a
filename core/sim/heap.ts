/** A queue of numbers by key; equal keys leave in ascending number, so that order is never luck. */
export interface Heap {
  push(value: number, key: number): void;
  /** The value with the smallest key. */
  pop(): number;
  firstAt(): number;
  size(): number;
  values(): readonly number[];
  keys(): readonly number[];
}

export function createHeap(values: readonly number[] = [], keys: readonly number[] = []): Heap {
  const value = [...values];
  const key = [...keys];
  const before = (one: number, other: number): boolean => {
    const difference = (key[one] as number) - (key[other] as number);
    return (
      difference < 0 || (difference === 0 && (value[one] as number) < (value[other] as number))
    );
  };
  const swap = (one: number, other: number): void => {
    [value[one], value[other]] = [value[other] as number, value[one] as number];
    [key[one], key[other]] = [key[other] as number, key[one] as number];
  };
  const sink = (): void => {
    let at = 0;
    for (;;) {
      const left = at * 2 + 1;
      if (left >= value.length) return;
      const right = left + 1;
      const smaller = right < value.length && before(right, left) ? right : left;
      if (!before(smaller, at)) return;
      swap(smaller, at);
      at = smaller;
    }
  };
  return {
    push: (added, addedKey) => {
      let at = value.push(added) - 1;
      key.push(addedKey);
      while (at > 0 && before(at, (at - 1) >> 1)) {
        swap(at, (at - 1) >> 1);
        at = (at - 1) >> 1;
      }
    },
    pop: () => {
      swap(0, value.length - 1);
      const first = value.pop() as number;
      key.pop();
      sink();
      return first;
    },
    firstAt: () => key[0] as number,
    size: () => value.length,
    values: () => [...value],
    keys: () => [...key],
  };
}
