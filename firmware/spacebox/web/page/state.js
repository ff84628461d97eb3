/**
 * Which state the page is in, and what its one big button says: from the room and from what only
 * this page knows. PURE; the order of the table below is the whole decision.
 *
 * What only this page knows (`me`):
 *   now      milliseconds, the same clock as all other times here
 *   synced   when the room was last told by a snapshot; its clock runs on from there
 *   wall     milliseconds since 1970, for what is planned
 *   link     { up, since, nextAt, gone }: the event stream; `gone`: nobody answers for long
 *   sound    off | connecting | on | lost | blocked;  silent: muted for these ears only
 *   way      what plays: line | stream (see ways.js), else null
 *   dropped  { since, nextAt } while the sound is lost, else null
 *   mic      none | asking | joining | up | a cause of failure (the keys of MIC in words.js)
 *   heard    whether the box receives one's open microphone
 *   wanted   the muted state asked for and not yet confirmed, else null
 *   upAt     when one was let up, as far as this page saw it, else null
 *   dismissed  whether a co-host has said "not now" to the microphone
 *   verdict  removed | banned | full | packed (the stream too) | pin | invite | used | elsewhere, else null
 *   sheet    { name } of a sheet that the person opened, else null
 *   notice   one sentence about what just happened, else null
 *   boxes    other boxes on air around
 */

import { isLive, onStage, person, place } from "./room.js";
import { shortName } from "./names.js";
import { ALERT, GLASS, MAIN, SAY, SIDE } from "./words.js";
import { clock, until } from "./times.js";

/** How long a place on stage waits for its microphone. */
export const KEPT_S = 60;

/** The pages without a stage where nobody was turned away: there one may want to listen elsewhere. */
export const ALONE = new Set(["idle", "before", "ended", "guest"]);

const FAILED = new Set(["refused", "system", "missing", "busy", "line"]);

const STATES = [
  ["removed", (room, me) => me.verdict === "removed"],
  ["banned", (room, me) => me.verdict === "banned"],
  ["elsewhere", (room, me) => me.verdict === "elsewhere"],
  ["reconnecting", (room, me) => !me.link.up && (room !== null || me.link.gone)],
  ["connecting", (room) => room === null],
  ["elsewhere", (room) => Boolean(room.guest)],
  ["ended", (room) => room.state === "ended" || (room.state === "idle" && room.after !== null)],
  ["before", (room) => room.state === "idle"],
  ["full", (room, me) => me.verdict === "full"],
  ["packed", (room, me) => me.verdict === "packed"],
  ["pin", (room, me) => me.verdict === "pin"],
  ["invite", (room, me) => me.verdict === "invite" || me.verdict === "used"],
  ["no-https", (room, me) => me.mic === "http"],
  ["in-app", (room, me) => me.mic === "app"],
  ["permission", (room, me) => me.mic === "asking" || me.mic === "joining"],
  ["refused", (room, me) => FAILED.has(me.mic)],
  ["let-up", (room, me) => needsMicrophone(room) && me.mic === "none"],
  ["unheard", (room, me) => up(room) && !muted(room, me) && !me.heard],
  ["stage-live", (room, me) => up(room) && !muted(room, me)],
  ["muted-by-host", (room) => up(room) && mutedBy(room) !== null],
  ["stage-muted", (room) => up(room)],
  ["reconnecting", (room, me) => me.sound === "lost"],
  ["invited", (room) => Boolean(room.you?.invited)],
  ["asking", (room, me) => me.sheet?.name === "ask"],
  ["connecting", (room, me) => me.sound === "connecting"],
  ["blocked", (room, me) => me.sound === "blocked"],
  ["arrive", (room, me) => me.sound === "off"],
  ["waiting", (room) => place(room) > 0],
  ["wrapping", (room) => room.state === "wrapping"],
  ["queue-closed", (room) => !room.stage.queue_open],
  ["listening", () => true],
];

/** The name of the state: the first of the table that holds. */
export function situation(room, me) {
  return STATES.find(([, holds]) => holds(room, me))[0];
}

/** Everything that the page shows besides the people. */
export function describe(room, me) {
  const state = situation(room, me);
  return {
    state,
    air: air(state, room),
    plain: plain(state, room, me),
    glass: glass(state, room, me),
    main: MAINS[state](room, me),
    left: left(state, room, me),
    right: right(state, room),
    say: say(state, room, me),
    alert: alert(state, room, me),
    sheet: sheet(state, me),
  };
}

const VERDICTS = new Set(["removed", "banned", "elsewhere", "full", "packed", "pin", "invite"]);

/** What is lost: the line to the box, or only its sound. */
const loss = (me) => (me.link.up ? me.dropped : me.link);

function air(state, room) {
  if (state === "reconnecting") return "lost";
  return room !== null && isLive(room) && !VERDICTS.has(state) ? "on" : "off";
}

/** The page without a stage: the name of what it says instead, or null for the stage. */
function plain(state, room, me) {
  if (state === "elsewhere" && me.verdict === null) return "guest";
  if (VERDICTS.has(state)) return state === "invite" ? me.verdict : state;
  if (room === null) return state === "reconnecting" ? "gone" : "opening";
  if (isLive(room)) return null;
  return room.state === "ended" || room.after ? "ended" : room.next ? "before" : "idle";
}

function glass(state, room, me) {
  if (state === "reconnecting") {
    return { word: GLASS.reconnecting, end: clock((me.now - loss(me).since) / 1000) };
  }
  if (state === "connecting") return { word: GLASS.connecting };
  if (state === "elsewhere" && me.verdict === null) return { word: GLASS.guest };
  if (air(state, room) === "on") {
    return {
      word: GLASS.on,
      clock: clock(room.elapsed_s + (me.now - me.synced) / 1000, true),
      recording: room.recording,
      listeners: room.listeners,
    };
  }
  return { word: GLASS.off, end: offAirEnd(state, room, me) };
}

function offAirEnd(state, room, me) {
  if (state === "ended") return clock(room.after?.elapsed_s ?? room.elapsed_s, true);
  if (state !== "before" || !room.next) return "";
  return `starts in ${until((Date.parse(room.next.at) - me.wall) / 1000)}`;
}

const listen = () => ({ label: MAIN.listen, icon: "play", tone: "ink", action: "listen", meter: "room" });
const share = () => ({ label: MAIN.share, icon: "share", tone: "ink", action: "share" });
const ask = () => ({ label: MAIN.ask, icon: "hand", tone: "amb", action: "ask" });
const closed = () => ({ label: MAIN.closed, tone: "out", action: null, off: true });
const askOrClosed = (room) => (room.stage.queue_open ? ask() : closed());
const connecting = () => ({ label: MAIN.connecting, tone: "ink", action: null, off: true });
const unmute = () => ({ label: MAIN.unmute, sub: MAIN.hold, icon: "mic-off", tone: "out", action: "microphone" });
const onAir = (tone) => ({
  label: MAIN.live,
  sub: MAIN.mute,
  icon: "mic",
  tone,
  action: "microphone",
  meter: "own",
});
const goUp = () => ({ label: MAIN.goUp, icon: "mic", tone: "out", action: "go-up" });
const nothing = () => null;

const MAINS = {
  removed: nothing,
  banned: nothing,
  elsewhere: (room, me) => (me.verdict ? { label: MAIN.useThis, tone: "ink", action: "claim" } : null),
  full: () => ({ label: MAIN.stream, icon: "play", tone: "ink", action: "stream" }),
  packed: () => ({ label: MAIN.tryAgain, tone: "ink", action: "stream" }),
  pin: () => ({ label: MAIN.comeIn, tone: "ink", action: "pin" }),
  invite: (room, me) => (me.verdict === "used" && room.access === "open" ? listen() : null),
  reconnecting: (room, me) => ({
    label: MAIN.tryNow,
    sub: MAIN.nextTry(Math.ceil(((loss(me).nextAt ?? me.now) - me.now) / 1000)),
    tone: "ink",
    action: "retry",
  }),
  connecting,
  before: share,
  ended: share,
  arrive: listen,
  blocked: listen,
  listening: ask,
  wrapping: askOrClosed,
  "queue-closed": closed,
  asking: askOrClosed,
  invited: (room, me) => (me.sound === "off" ? listen() : askOrClosed(room)),
  waiting: (room) => ({
    label: MAIN.inLine(place(room)),
    sub: MAIN.withdraw,
    icon: "hand",
    tone: "out",
    action: "withdraw",
  }),
  "no-https": askOrClosed,
  "in-app": askOrClosed,
  permission: connecting,
  refused: goUp,
  "let-up": goUp,
  "stage-muted": unmute,
  "muted-by-host": unmute,
  "stage-live": () => onAir("red"),
  unheard: () => onAir("amb"),
};

const WITH_STAGE = new Set(["stage-muted", "stage-live", "muted-by-host", "unheard"]);
const BARE = new Set([...VERDICTS, "before", "ended"]);

function left(state, room, me) {
  if (BARE.has(state) || room === null || !isLive(room)) return null;
  if (WITH_STAGE.has(state) && you(room)?.role !== "host") {
    return { label: SIDE.stepDown, icon: "down", action: "step-down" };
  }
  if (me.sound === "off" || me.sound === "connecting" || me.sound === "blocked") {
    return { label: SIDE.share, icon: "share", action: "share" };
  }
  return { label: SIDE.sound, icon: me.silent ? "silent" : "sound", action: "sound", pressed: !me.silent };
}

function right(state, room) {
  if (BARE.has(state) || room === null || !isLive(room)) return null;
  return { label: SIDE.react, icon: "smile", action: "react" };
}

/** Where the closing is not announced: there something else matters more. */
const QUIET = new Set([...VERDICTS, ...WITH_STAGE, "reconnecting"]);

function say(state, room, me) {
  const words = SAYS[state]?.(room, me) ?? null;
  if (state === "unheard") return { text: words, warn: true };
  if (me.sound === "lost" && WITH_STAGE.has(state)) return { text: SAY.soundLost, warn: true };
  if (me.notice !== null) return { text: me.notice };
  if (room?.state === "wrapping" && !QUIET.has(state)) {
    return { text: SAY.wrapping(hostName(room)) };
  }
  return words === null ? null : { text: words };
}

const SAYS = {
  before: (room) => (room.next ? SAY.before : SAY.idle),
  arrive: (room) => (place(room) > 0 ? SAY.arriveWaiting(place(room)) : SAY.arrive),
  waiting: (room) => SAY.waiting(hostName(room)),
  "queue-closed": () => SAY.queueClosed,
  listening: (room, me) => (me.silent ? SAY.silent : me.way === "stream" ? SAY.steady : null),
  "stage-muted": () => SAY.stageMuted,
  "muted-by-host": (room) => SAY.mutedByHost(nameOf(room, mutedBy(room))),
  unheard: () => SAY.unheard,
};

function alert(state, room, me) {
  if (state === "blocked") return ALERT.blocked;
  if (state !== "reconnecting" || room === null) return null;
  if (me.link.gone) return ALERT.gone;
  const staged = needsMicrophone(room);
  return ALERT.dropped(staged ? Math.max(0, Math.ceil(KEPT_S - (me.now - loss(me).since) / 1000)) : null);
}

const ASKED_FOR = new Set(["invited", "let-up", "permission", "refused", "no-https", "in-app"]);

/** The sheet that is open: what the room asks comes before what the person opened. */
function sheet(state, me) {
  if (state === "let-up" && me.dismissed) return me.sheet;
  if (ASKED_FOR.has(state)) return { name: state };
  if (VERDICTS.has(state) || state === "connecting") return null;
  return me.sheet;
}

/** One's own participant in the room, or the bare seat of an anonymous one, or null. */
export function you(room) {
  if (!room?.you) return null;
  return person(room, room.you.participant) ?? room.you;
}

/** Whether one is on stage by a microphone of one's own: the host speaks from the box. */
export function needsMicrophone(room) {
  const self = you(room);
  return self !== null && onStage(self) && self.role !== "host" && isLive(room);
}

const up = (room) => {
  const self = you(room);
  return self !== null && onStage(self);
};

/** Whether one is muted, as far as this page knows. */
export function muted(room, me) {
  return me.wanted ?? room.you?.muted ?? true;
}

/** The id of the host or co-host who muted us; the box mutes whoever connects, by itself. */
function mutedBy(room) {
  const { muted: isMuted, muted_by: by = null, participant } = room.you ?? {};
  return isMuted && ![null, "box", participant].includes(by) ? by : null;
}

/** The short name of a participant; without one (the box, somebody who left) the host's. */
export function nameOf(room, id) {
  const who = person(room, id);
  return who ? shortName(who.name) : hostName(room);
}

/** The host's short name. */
export function hostName(room) {
  return shortName(room.host);
}
