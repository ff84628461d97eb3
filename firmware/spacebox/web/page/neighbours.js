/** Who else is on air around: looked up while there is nothing to listen to here. */

import { isLive } from "./room.js";

const EVERY_MS = 15_000;

/** `onBoxes(boxes)` gets those on air, as `[{ name, url, code, title, state }]`. */
export function createNeighbours({ api, onBoxes }) {
  let wanted = false;

  async function look() {
    if (!wanted || document.hidden) return;
    await api.boxes().then(
      (boxes) => onBoxes(boxes.filter(isLive)),
      () => undefined, // those who were around are shown on
    );
  }

  setInterval(look, EVERY_MS);

  return {
    /** Look from time to time or not, as it is of use now. */
    heed(now) {
      if (now === wanted) return;
      wanted = now;
      look();
    },
  };
}
