/** What a screen reader is told, politely: one line, only the change. PURE. */

import { hostName } from "./state.js";
import { place } from "./room.js";
import { STATUS } from "./words.js";

const ON_STAGE = new Set(["stage-muted", "stage-live", "muted-by-host", "unheard"]);
const MUTED = new Set(["stage-muted", "muted-by-host"]);

/**
 * The sentence for a change of state, or null. `before` and `after` are `{ state, room }`.
 * Losing the line is no such sentence: the page says that in its alert.
 */
export function announcement(before, after) {
  const { state, room } = after;
  if (state === "waiting" && (before.state !== state || place(before.room) !== place(room))) {
    return STATUS.waiting(place(room));
  }
  if (before.state === state) return null;
  if (state === "let-up") return STATUS.letUp(hostName(room));
  if (state === "invited") return STATUS.invited(hostName(room));
  if (state === "stage-live") return before.state === "unheard" ? null : STATUS.live;
  if (MUTED.has(state)) return ON_STAGE.has(before.state) ? STATUS.muted : STATUS.arrived;
  if (state === "listening" && before.state === "connecting") return STATUS.listening;
  if (state === "arrive" && before.state === "before") return STATUS.started;
  if (state === "ended") return STATUS.ended;
  return null;
}
