/**
 * Two threads of one worker process contend for a call: one begins it, the other gives it back. Whoever writes its mark
 * first has it. Ids grow, and far fewer calls are sent than there are slots, so a slot is free when an id comes to it.
 */
export const slots = 1024;
export const begun = 0;
export const givenBack = 1;

const idMask = 0x3fff_ffff;

/** `claims` is an Int32Array of `slots` elements in shared memory. */
export function claim(claims, id, by) {
  const slot = id % slots;
  const own = id & idMask;
  const before = Atomics.load(claims, slot);
  // Claimed already; or asked for so late that the slot has a younger call.
  if (before >>> 1 >= own) return false;
  return Atomics.compareExchange(claims, slot, before, own * 2 + by) === before;
}
