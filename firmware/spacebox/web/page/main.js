/** The guest page: builds its parts and lets them know each other. */

import { announcement } from "./announce.js";
import { createActions } from "./actions.js";
import { createApi } from "./api.js";
import { createKeys, SHORTCUTS } from "./keys.js";
import { createLevels } from "./level.js";
import { createLink } from "./link.js";
import { createListener } from "./listen.js";
import { createNeighbours } from "./neighbours.js";
import { createMicrophone } from "./speak.js";
import { createPress } from "./press.js";
import { createRepairs } from "./repair.js";
import { createSeat } from "./seat.js";
import { createTabs } from "./tabs.js";
import { createVisit } from "./visit.js";
import { createView } from "./view/view.js";
import { createVoice } from "./voice.js";
import { createSurroundings } from "./surroundings.js";
import { ALONE, describe, muted } from "./state.js";
import { isLive } from "./room.js";
import { needs } from "./ways.js";
import { newsFor } from "./news.js";
import { NOTICE, REACTIONS, STATUS } from "./words.js";

const TICK_MS = 500;
const CLOSED_MS = 8_000;
const NEWCOMERS_MS = 5_000;
const ON_AIR = new Set(["stage-live", "unheard"]);
const UNOPENED = new Set(["none", "http", "app"]);

const audio = document.querySelector("audio");
const seat = createSeat();
const api = createApi(seat);
const repairs = createRepairs(api);
const surroundings = createSurroundings();
let shown = { state: "connecting", room: null, notice: null };
let newcomerAt = -Infinity;

const visit = createVisit({
  onChange: render,
  stale: refresh,
  guarded: () => seat.invitation === null,
});

const listener = createListener({
  api,
  repairs,
  audio,
  onState(state, detail) {
    const before = visit.me;
    if (state === "refused") {
      visit.update({ sound: "off", way: null, dropped: null });
      return actions.refused(detail);
    }
    if (state === "on" && before.dropped) link.retry();
    const dropped = state === "lost" ? { ...detail, since: before.dropped?.since ?? detail.since } : null;
    if (state === "on" && before.way !== detail.way && detail.broken) visit.notice(NOTICE[detail.broken]);
    else if (state === "on" && before.dropped) back(before.dropped.since, false);
    const way = state === "lost" || state === "blocked" ? before.way : (detail?.way ?? null);
    visit.update({ sound: state, way, dropped });
  },
});

const microphone = createMicrophone({
  api,
  repairs,
  onState(mic) {
    if (mic === "up") {
      visit.update({ mic, heard: true });
      surroundings.earpiece(() => visit.notice(NOTICE.quiet));
    } else {
      if (mic === "joining" && visit.room.you?.muted === false) voice.set(true);
      visit.update({ mic });
    }
  },
  onHeard: (heard) => visit.update({ heard }),
  onRefused: (error) => actions.declined(error),
  onInterrupted() {
    voice.set(true);
    visit.notice(NOTICE.interrupted);
  },
});

const neighbours = createNeighbours({ api, onBoxes: (boxes) => visit.update({ boxes }) });
const voice = createVoice({ api, visit, microphone });
const press = createPress((isMuted) => shown.main?.action === "microphone" && voice.set(isMuted));

const link = createLink({
  api,
  onSnapshot(snapshot) {
    visit.take(snapshot);
    seated();
  },
  onEvent,
  onLink(state) {
    const before = visit.me.link;
    visit.update({ link: state });
    if (state.up) repairs.answered();
    if (state.up && !before.up) back(before.since, visit.needsMicrophone);
  },
  onRefused(refusal) {
    if (refusal.code === "banned") return goodbye("banned");
    const again_ms = seat.token === null ? CLOSED_MS : 0;
    seat.token = null;
    setTimeout(link.open, again_ms);
  },
});

const tabs = createTabs((taken) => {
  if (taken) {
    listener.stop();
    microphone.down();
    link.close();
    visit.end("elsewhere");
  } else {
    visit.update({ verdict: null });
    link.open();
  }
});

const view = createView({ act, press });
const actions = createActions({ visit, api, seat, link, listener, microphone, tabs, goodbye, say: view.say });

const keys = createKeys({
  busy: () => view.busy,
  onKey(key) {
    const reaction = REACTIONS[Number(key) - 1];
    if (reaction && shown.right) return act("react-with", reaction.emoji);
    if (key === "?") return act("open", "keys");
    // A letter presses the button that it names, where that button is.
    const aimed = [shown.main, shown.left].find((each) => each && SHORTCUTS[each.action]?.toLowerCase() === key);
    if (aimed?.action === "microphone") press.tap(muted(visit.room, visit.me));
    else if (aimed) act(aimed.action);
  },
  onTalk(down) {
    if (shown.main?.action !== "microphone" && down) return;
    if (down) press.press(muted(visit.room, visit.me), performance.now());
    else press.release(performance.now());
  },
});

/** Fetch the room anew; an answer to another seat's question does not count. */
async function refresh() {
  const { token } = seat;
  try {
    const snapshot = await api.space();
    if (token !== seat.token) return;
    visit.take(snapshot);
    seated();
  } catch {
    link.open();
  }
}

/** Do what a control says. Must be called in the tap itself: a browser counts that. */
function act(name, detail) {
  if (visit.me.sound === "blocked") listener.resume();
  ACTS[name]?.(detail);
}

const ACTS = {
  listen: actions.listen,
  stream: actions.stream,
  steady(on) {
    listener.choose(on);
    visit.changed();
  },
  sound: actions.sound,
  pin: () => actions.pin({ pin: view.pin() }),
  claim: actions.claim,
  retry: actions.retry,
  ask: actions.ask,
  "ask-here": actions.askHere,
  send: actions.send,
  withdraw: actions.withdraw,
  accept: actions.accept,
  decline: actions.declineInvitation,
  "go-up": actions.goUp,
  stay: actions.stay,
  "step-down": actions.stepDown,
  react: () => view.toggleTray(),
  "react-with": actions.react,
  share: () => actions.open("share"),
  menu: () => actions.open("menu"),
  open: (name) => actions.open(name),
  person: (id) => actions.open("person", { id }),
  close: actions.close,
  leave: actions.leave,
  keys(on) {
    keys.on = on;
    visit.changed();
  },
};

function onEvent(event) {
  const { room } = visit;
  if (room === null) return;
  const { notice, verdict, overruled, letUp, stepped, newcomer } = newsFor(room, event);
  visit.apply(event);
  if (event.event === "Reacted") view.float(event.emoji);
  if (event.event === "MuteChanged") voice.told(event);
  if (letUp) visit.update({ upAt: performance.now() });
  if (overruled) press.overrule();
  if (letUp || stepped) voice.drop();
  if (stepped) {
    microphone.down();
    visit.update({ dismissed: false });
  }
  if (notice) visit.notice(notice);
  if (newcomer && performance.now() - newcomerAt > NEWCOMERS_MS) {
    newcomerAt = performance.now();
    view.say(newcomer);
  }
  if (verdict) goodbye(verdict);
}

/** The host ended this visit: everything stops, and the seat is gone. */
function goodbye(verdict) {
  listener.stop();
  microphone.down();
  seat.token = null;
  visit.end(verdict);
}

/** After each snapshot: what we still hold must fit what the box says. */
function seated() {
  const { room } = visit;
  if (!isLive(room) && room.state !== "ended") {
    listener.stop();
    microphone.down();
    seat.token = null;
    return;
  }
  if (!room.you) {
    seat.token = null;
    if (["on", "lost"].includes(visit.me.sound) && visit.me.verdict === null) actions.listen();
  }
  const asked = visit.needsMicrophone || room.you?.invited;
  if (!asked && !UNOPENED.has(visit.me.mic)) microphone.down();
}

/** Back after a break: whoever was cut off on stage does not come back with an open microphone. */
function back(since, mute) {
  if (mute && !muted(visit.room, visit.me)) voice.set(true);
  const missed = Math.max(1, Math.round((performance.now() - since) / 1000));
  visit.notice(NOTICE.back(missed, mute));
}

function render() {
  const { room, me } = visit;
  const next = describe(room, me);
  audio.muted = me.silent;
  listener.heed(needs(room, me));
  microphone.setOpen(ON_AIR.has(next.state));
  if (next.state !== shown.state && next.state === "reconnecting") press.overrule();
  const { name, carried } = seat;
  view.render(room, me, next, { name, carried, keys: keys.on, steady: listener.steady });
  const fresh = me.notice === shown.notice ? null : me.notice;
  const words = [announcement(shown, { ...next, room }), fresh].filter(Boolean);
  if (words.length > 0) view.say(words.join(" "));
  shown = { ...next, room, notice: me.notice };
  neighbours.heed(ALONE.has(next.plain));
  surroundings.reflect({ room, state: next.state, listening: listener.wanted });
}

createLevels({
  listener,
  microphone,
  wanted: () => ({ room: listener.wanted && view.visible, own: ON_AIR.has(shown.state) }),
  onRoom: view.level,
  onOwn: view.ownLevel,
});

setInterval(visit.changed, TICK_MS);
addEventListener("online", () => act("retry"));
addEventListener("offline", link.cut);
addEventListener("pageshow", ({ persisted }) => (persisted ? link.open() : link.check()));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  link.check();
  if (listener.wanted) listener.resume();
});
addEventListener("pagehide", () => {
  tabs.release();
  listener.stop({ bye: true });
  microphone.down();
  link.close();
});

surroundings.onAction({
  play: () => actions.listen(),
  pause: () => listener.stop(),
  togglemicrophone: () => press.tap(muted(visit.room, visit.me)),
  hangup: () => actions.leave(),
});
link.open();
render();
