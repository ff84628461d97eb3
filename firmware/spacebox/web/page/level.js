/** Ten times a second, how loud it is: the rings of those who speak, and one's own meter. */

const PERIOD_MS = 100;
const STEADY = 0.5;
const LOUD_DB = -10;
const QUIET_DB = -50;

/** An amplitude (0 to 1) as a share of the dial, even to the ear. PURE. */
export function share(amplitude) {
  if (amplitude === null) return STEADY;
  const db = 20 * Math.log10(Math.max(amplitude, 1e-6));
  return Math.min(1, Math.max(0, (db - QUIET_DB) / (LOUD_DB - QUIET_DB)));
}

/** Calls `onRoom(share)` and `onOwn(share)` while `wanted()` says `{ room, own }`. */
export function createLevels({ listener, microphone, wanted, onRoom, onOwn }) {
  async function look() {
    const { room, own } = wanted();
    if (room) onRoom(share(await listener.level()));
    if (own) onOwn(share(await microphone.level()));
    setTimeout(look, PERIOD_MS);
  }
  look();
}
