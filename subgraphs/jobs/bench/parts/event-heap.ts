export interface Timed {
  readonly at: number;
  readonly run: () => void;
}

/** Events of a simulation, earliest first. */
export class EventHeap {
  readonly #items: Timed[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(item: Timed): void {
    const items = this.#items;
    let index = items.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if ((items[parent] as Timed).at <= item.at) break;
      items[index] = items[parent] as Timed;
      index = parent;
    }
    items[index] = item;
  }

  pop(): Timed | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (first === undefined || last === undefined || items.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && (items[child + 1] as Timed).at < (items[child] as Timed).at)
        child += 1;
      if ((items[child] as Timed).at >= last.at) break;
      items[index] = items[child] as Timed;
      index = child;
    }
    items[index] = last;
    return first;
  }
}
