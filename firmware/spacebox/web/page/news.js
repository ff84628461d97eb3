/** What an event means for the person before this page. PURE. */

import { nameOf } from "./state.js";
import { onStage, person } from "./room.js";
import { shortName } from "./names.js";
import { NOTICE, STATUS } from "./words.js";

/**
 * `{ notice, verdict, overruled, letUp, stepped, newcomer }`, each only where there is such news:
 * a sentence for this person, the end of their visit, a mute by somebody else, going up to
 * and down from the stage, and a sentence about somebody else who is on stage now. `room` is the room before.
 */
export function newsFor(room, event) {
  const mine = room.you !== null && room.you.participant === event.participant;
  return (mine ? MINE : OTHERS)[event.event]?.(room, event) ?? {};
}

const MINE = {
  RequestDeclined: () => ({ notice: NOTICE.declined }),
  RequestDeferred: () => ({ notice: NOTICE.deferred }),
  SteppedUp: () => ({ letUp: true }),
  SteppedDown: (room, { participant, by }) => ({ stepped: true, notice: steppedDown(room, participant, by) }),
  CohostRevoked: (room, { role }) => ({ stepped: role === "listener" }),
  Removed: (room, { banned }) => ({ verdict: banned ? "banned" : "removed" }),
  MuteChanged: (room, { participant, muted, by }) => ({ overruled: muted && by !== participant }),
};

const OTHERS = {
  SteppedUp: (room, { participant }) => onStageNow(room, participant),
  CohostMade: (room, { participant }) => onStageNow(room, participant),
};

function steppedDown(room, me, by) {
  if (by === me) return NOTICE.stepped;
  return by === "box" ? NOTICE.placeGiven : NOTICE.moved(nameOf(room, by));
}

function onStageNow(room, id) {
  const who = person(room, id);
  return who && !onStage(who) ? { newcomer: STATUS.newcomer(shortName(who.name)) } : {};
}
