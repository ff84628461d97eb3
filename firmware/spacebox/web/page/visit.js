/** One visit: the room, what only this page knows, and how both change. No DOM, no network. */

import { fold, fromSnapshot, isLive } from "./room.js";
import { needsMicrophone, situation } from "./state.js";

const NOTICE_MS = 7_000;

/** The facts of `me` (see state.js) at the start. */
const NEWCOMER = {
  now: 0,
  wall: 0,
  synced: 0,
  link: { up: true, since: null, nextAt: null, gone: false },
  sound: "off",
  way: null,
  silent: false,
  dropped: null,
  mic: "none",
  heard: true,
  wanted: null,
  upAt: null,
  dismissed: false,
  verdict: null,
  verdictOf: null,
  pinWrong: null,
  sheet: null,
  notice: null,
  boxes: [],
  refusal: null,
};

/**
 * `onChange()` follows each change, once for all of one moment. `stale()` is called when an event
 * came that only a new snapshot explains. `guarded()` says whether a locked door is ours to pass.
 */
export function createVisit({ onChange, stale, guarded }) {
  let room = null;
  let me = { ...NEWCOMER, ...clocks() };
  let due = false;
  let since = null;
  let noticeTimer = 0;

  function changed() {
    if (due) return;
    due = true;
    queueMicrotask(() => {
      due = false;
      me = { ...me, ...clocks() };
      onChange();
    });
  }

  function update(fields) {
    if (Object.entries(fields).every(([name, value]) => Object.is(me[name], value))) return;
    me = { ...me, ...fields };
    changed();
  }

  /** What stands before the room, for somebody without a seat. */
  function door() {
    if (me.verdict !== null && !["pin", "invite"].includes(me.verdict)) {
      return room.id === me.verdictOf || me.verdict === "elsewhere" ? me.verdict : null;
    }
    const locked = isLive(room) && room.access !== "open" && !room.you && guarded();
    return locked ? room.access : null;
  }

  return {
    get room() {
      return room;
    },
    get me() {
      return me;
    },
    get state() {
      return situation(room, me);
    },
    get needsMicrophone() {
      return needsMicrophone(room);
    },
    update,
    changed,

    /** Say one sentence for a while; a refusal is said in the open sheet too. */
    notice(text, { refusal = false } = {}) {
      clearTimeout(noticeTimer);
      noticeTimer = setTimeout(update, NOTICE_MS, { notice: null, refusal: null });
      update({ notice: text, refusal: refusal ? text : null });
    },

    /** The visit ends, or pauses, for this reason; it holds for the Space that is on now. */
    end(verdict) {
      update({ verdict, verdictOf: room?.id, sheet: null });
    },

    /** The seat is given up: see the room without us, before the box says so. */
    leave() {
      if (room?.you) room = { ...room, you: null };
      changed();
    },

    /** Begin anew from a snapshot. */
    take(snapshot) {
      room = fromSnapshot(snapshot, room);
      since?.forEach((event) => (room = fold(room, event) ?? room));
      since = null;
      me = { ...me, synced: performance.now() };
      me.verdict = door();
      changed();
    },

    /** Fold one event. */
    apply(event) {
      if (room === null) return;
      since?.push(event);
      const next = fold(room, event);
      if (next === null) {
        since ??= [];
        stale();
      } else {
        room = next;
      }
      changed();
    },
  };
}

const clocks = () => ({ now: performance.now(), wall: Date.now() });
