// Orders as arrays of ids: one with a block moved, and what has to move so that one becomes another. No page is needed.

/** The order with `ids`, in the order given, standing so that the first is at `position`, from 1; and what stands before. */
export function withMoved(order, ids, position) {
  const moving = new Set(ids);
  const rest = order.filter((id) => !moving.has(id));
  const at = Math.max(0, Math.min(position - 1, rest.length));
  return { order: [...rest.slice(0, at), ...ids, ...rest.slice(at)], at, before: rest[at - 1] ?? null, last: at === rest.length };
}

/** The ids that can stay where they are while all the others move between them: as many as possible. */
export function staying(from, to) {
  const places = new Map(from.map((id, place) => [id, place]));
  const wanted = to.filter((id) => places.has(id));
  const ends = []; // ends[n]: where in `wanted` the best run of n + 1 that rises ends
  const before = new Array(wanted.length);
  wanted.forEach((id, index) => {
    const place = places.get(id);
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (places.get(wanted[ends[middle]]) < place) low = middle + 1;
      else high = middle;
    }
    before[index] = low ? ends[low - 1] : -1;
    ends[low] = index;
  });
  const kept = new Set();
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index]) kept.add(wanted[index]);
  return kept;
}
