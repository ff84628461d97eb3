/** The pure parts of the guest page: no browser, no box. `node --test page_logic.test.mjs` */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import "./page_acts.mjs";
import "./page_elsewhere.mjs";
import "./page_line.mjs";
import "./page_secure.mjs";
import "./page_ways.mjs";
import "./page_wifi.mjs";
import { e, load, SNAPSHOT, someone } from "./page_sample.mjs";

const { announcement } = await load("announce.js");
const { parseIceServers } = await load("api.js");
const { share } = await load("level.js");
const { colour, initials, shortName } = await load("names.js");
const { newsFor } = await load("news.js");
const { createPress, TAP_MS } = await load("press.js");
const { audience, fold, fromSnapshot, place, speakerCount, stage } = await load("room.js");
const { causeOf } = await load("speak.js");
const { createParser } = await load("sse.js");
const { describe: show, situation } = await load("state.js");
const { clock, inWords, until, when } = await load("times.js");

const ME = {
  now: 20_000, wall: Date.parse("2026-11-20T16:46:00Z"), synced: 18_000, sound: "on", silent: false,
  link: { up: true, since: null, nextAt: null, gone: false }, dropped: null, mic: "none", heard: true,
  wanted: null, upAt: null, dismissed: false, verdict: null, sheet: null, notice: null,
};

const live = (more = {}) => fromSnapshot({ ...SNAPSHOT, ...more });
const after = (room, ...events) => events.reduce(fold, room);
const up = (participant, by = "host") => e("SteppedUp", participant, { by, role: "speaker" });

describe("the room", () => {
  it("follows people as they come, get a name, are away and leave", () => {
    const joined = after(live(), e("Joined", "ana", { name: "Ana", role: "listener" }));
    assert.deepEqual(audience(joined).map(({ name }) => name), ["Kofi Mensah", "Ana"]);
    const named = after(joined, e("Named", "ana", { name: "Ana Wanjiru", role: "listener" }));
    assert.equal(audience(named)[1].name, "Ana Wanjiru");
    const away = after(named, e("ConnectionChanged", "ana", { connected: false }));
    assert.equal(audience(away).length, 1);
    assert.equal(after(away, e("Left", "ana")).participants.length, 2);
  });

  it("keeps the line in order of asking, and a second request in its place", () => {
    const ask = (who, reason) => e("SpeakRequested", who, { name: who, reason });
    const room = after(live(), ask("ana", ""), ask("kofi", "tea"), ask("ana", "more"));
    assert.equal(place(room), 2);
    assert.equal(room.requests[0].reason, "more");
    assert.equal(place(after(room, e("RequestDeferred", "ana"))), 1);
    assert.equal(place(after(room, e("RequestWithdrawn", "ana"))), 1);
    assert.equal(place(after(room, e("RequestDeclined", "kofi"))), 0);
    assert.equal(after(room, up("ana")).requests.length, 1);
  });

  it("counts speakers only, and orders the stage by role", () => {
    const ana = e("Joined", "ana", { name: "Ana", role: "listener" });
    const room = after(live(), up("kofi"), ana, e("CohostMade", "ana"));
    assert.equal(speakerCount(room), 1);
    assert.deepEqual(stage(room).map(({ id }) => id), ["host", "ana", "kofi"]);
    const revoked = after(room, e("CohostRevoked", "ana", { role: "listener" }));
    assert.equal(stage(revoked).length, 2);
  });

  it("knows oneself: up muted, open, muted by another, down", () => {
    const open = after(live(), up("kofi"), e("MuteChanged", "kofi", { muted: false, by: "kofi" }));
    assert.deepEqual([open.you.role, open.you.muted], ["speaker", false]);
    const quiet = after(open, e("MuteChanged", "kofi", { muted: true, by: "host" }));
    assert.equal(quiet.you.muted_by, "host");
    const down = after(quiet, e("SteppedDown", "kofi", { by: "host" }));
    assert.deepEqual([down.you.role, down.you.muted, down.you.muted_by], ["listener", true, null]);
  });

  it("changes nothing in place", () => {
    const room = live();
    const before = structuredClone(room);
    after(room, up("kofi"), e("Reacted", "x", { emoji: "👏" }), e("Speaking", "host", { speaking: true, talk_s: 1 }));
    assert.deepEqual(room, before);
  });

  it("asks for a new snapshot where it does not know the event", () => {
    for (const event of ["SpaceStarted", "SpaceResumed", "SpaceClosed", "SomethingNew"]) {
      assert.equal(fold(live(), { event, at: 1 }), null);
    }
  });

  it("remembers, once the Space is closed, how it ended and who was on stage", () => {
    const ended = after(live(), up("kofi"), e("SteppedDown", "kofi", { by: "kofi" }),
      { event: "SpaceEnded", at: 3862, grace_s: 10, stats: { came_by: 312, at_once: 137, spoke: 6 } });
    const idle = fromSnapshot({ ...SNAPSHOT, id: "", state: "idle", you: undefined, participants: [] }, ended);
    assert.equal(idle.after.stats.came_by, 312);
    assert.deepEqual(Object.values(idle.after.spoke), ["Mira Okafor", "Kofi Mensah"]);
    assert.equal(situation(idle, ME), "ended");
    assert.equal(fromSnapshot({ ...SNAPSHOT, id: "s2" }, idle).after, null);
  });
});

describe("the state", () => {
  const states = [
    ["connecting", null, {}],
    ["reconnecting", null, { link: { up: false, since: 0, nextAt: 1, gone: true } }],
    ["before", live({ state: "idle", id: "" }), {}],
    ["ended", live({ state: "ended" }), {}],
    ["arrive", live(), { sound: "off" }],
    ["connecting", live(), { sound: "connecting" }],
    ["blocked", live(), { sound: "blocked" }],
    ["listening", live(), {}],
    ["queue-closed", live({ stage: { limit: 10, queue_open: false } }), {}],
    ["wrapping", live({ state: "wrapping" }), {}],
    ["asking", live(), { sheet: { name: "ask" } }],
    ["waiting", after(live(), e("SpeakRequested", "kofi", { name: "Kofi", reason: "" })), {}],
    ["invited", after(live(), e("InvitedToStage", "kofi", { by: "host" })), {}],
    ["let-up", after(live(), up("kofi")), {}],
    ["permission", after(live(), up("kofi")), { mic: "asking" }],
    ["permission", after(live(), up("kofi")), { mic: "joining" }],
    ["refused", after(live(), up("kofi")), { mic: "busy" }],
    ["no-https", live(), { mic: "http" }],
    ["in-app", live(), { mic: "app" }],
    ["stage-muted", after(live(), up("kofi")), { mic: "up" }],
    ["stage-live", after(live(), up("kofi")), { mic: "up", wanted: false }],
    ["unheard", after(live(), up("kofi")), { mic: "up", wanted: false, heard: false }],
    ["stage-muted", after(live(), up("kofi"), e("MuteChanged", "kofi", { muted: true, by: "box" })), { mic: "up" }],
    ["muted-by-host", after(live(), up("kofi"), e("MuteChanged", "kofi", { muted: true, by: "host" })), { mic: "up" }],
    ["reconnecting", live(), { sound: "lost", dropped: { since: 1, nextAt: 2 } }],
    ["reconnecting", live(), { link: { up: false, since: 1, nextAt: 2, gone: false } }],
    ["removed", live(), { verdict: "removed" }],
    ["banned", live(), { verdict: "banned" }],
    ["full", live(), { verdict: "full" }],
    ["packed", live(), { verdict: "packed" }],
    ["pin", live(), { verdict: "pin" }],
    ["elsewhere", live(), { verdict: "elsewhere" }],
  ];
  for (const [state, room, facts] of states) {
    it(`is ${state} with ${JSON.stringify(facts)}`, () => {
      const view = show(room, { ...ME, ...facts });
      assert.equal(view.state, state);
      assert.ok(view.main === null || view.main.label.length > 0);
      assert.ok(["on", "off", "lost"].includes(view.air));
    });
  }

  it("says the next thing on the one big button", () => {
    const label = (room, facts = {}) => show(room, { ...ME, ...facts }).main.label;
    assert.equal(label(live()), "Ask to speak");
    assert.equal(label(live(), { sound: "off" }), "Listen");
    assert.equal(label(states[11][1]), "First in line");
    assert.equal(label(states[19][1], { mic: "up" }), "Unmute");
  });

  it("never offers a microphone that is not there: the host speaks from the box", () => {
    const host = live({ you: { participant: "host", role: "host", muted: true } });
    assert.equal(situation(host, ME), "stage-muted");
    assert.equal(show(host, ME).left.label, "Sound");
  });

  it("counts down to the next try, and how long a place is kept", () => {
    const lost = { link: { up: false, since: 16_000, nextAt: 21_200, gone: false } };
    const view = show(after(live(), up("kofi")), { ...ME, ...lost, mic: "up" });
    assert.equal(view.main.sub, "next try in 2 s");
    assert.match(view.alert.text, /another 56 s/);
    assert.equal(view.glass.end, "0:04");
    assert.match(show(live(), { ...ME, ...lost }).alert.text, /come back by yourself\.$/);
  });

  it("runs the clock on from the snapshot", () => {
    assert.equal(show(live({ elapsed_s: 2530 }), ME).glass.clock, "0:42:12");
  });
});

describe("news for oneself", () => {
  const room = live();
  it("never says who declined, and says who moved one down", () => {
    assert.match(newsFor(room, e("RequestDeclined", "kofi")).notice, /^Not this time/);
    assert.match(newsFor(room, e("SteppedDown", "kofi", { by: "host" })).notice, /^Mira moved you/);
    assert.match(newsFor(room, e("SteppedDown", "kofi", { by: "box" })).notice, /given on/);
    assert.deepEqual(newsFor(room, e("RequestDeclined", "ana")), {});
  });
  it("tells a removal from a ban", () => {
    assert.equal(newsFor(room, e("Removed", "kofi", { banned: false, by: "host" })).verdict, "removed");
    assert.equal(newsFor(room, e("Removed", "kofi", { banned: true, by: "host" })).verdict, "banned");
    assert.equal(newsFor(room, e("Removed", "ana", { banned: true, by: "host" })).verdict, undefined);
  });
});

describe("announcements", () => {
  const said = (from, to, room = live()) => announcement({ state: from, room }, { state: to, room });
  it("tell the change, and nothing twice", () => {
    assert.equal(said("permission", "stage-muted"), "You are on stage, muted.");
    assert.equal(said("stage-live", "stage-muted"), "Muted.");
    assert.equal(said("stage-muted", "stage-live"), "You are on air.");
    assert.equal(said("stage-live", "stage-live"), null);
    assert.equal(said("listening", "let-up"), "Mira lets you up.");
  });
  it("tell a new place in line", () => {
    const first = after(live(), e("SpeakRequested", "kofi", { name: "Kofi", reason: "" }));
    const words = announcement({ state: "listening", room: live() }, { state: "waiting", room: first });
    assert.equal(words, "You are first in line.");
  });
});

describe("the microphone button", () => {
  function pressed(from, held, overrule = false) {
    const asked = [];
    const press = createPress((muted) => asked.push(muted));
    press.press(from, 0);
    if (overrule) press.overrule();
    press.release(held);
    return asked;
  }
  it("opens at the press; a tap stays open, a hold was talk", () => {
    assert.deepEqual(pressed(true, TAP_MS - 1), [false]);
    assert.deepEqual(pressed(true, TAP_MS), [false, true]);
  });
  it("mutes at the press; a tap stays muted, a hold was a cough", () => {
    assert.deepEqual(pressed(false, TAP_MS - 1), [true]);
    assert.deepEqual(pressed(false, TAP_MS), [true, false]);
  });
  it("opens nothing at the release once a host has muted", () => {
    assert.deepEqual(pressed(false, 1000, true), [true]);
    assert.deepEqual(pressed(true, 1000, true), [false, true]);
  });
});

describe("names", () => {
  it("become initials, one for scripts without capitals", () => {
    const cases = {
      "Mira Okafor": "MO", "山本 純": "山", "ليلى حداد": "ل", lea: "L", "Ana de la Cruz 2": "AC", "🦊 Fox": "🦊", 42: "4",
    };
    for (const [name, short] of Object.entries(cases)) assert.equal(initials(name), short);
    assert.equal(initials("👩‍👩‍👧 x"), "👩‍👩‍👧");
  });
  it("are short where nobody shares the first one", () => {
    assert.equal(shortName("Mira Okafor", ["Tomás Rivera"]), "Mira");
    assert.equal(shortName("Ana Cruz", ["Ana Cruz", "Ana Wanjiru"]), "Ana Cruz");
    assert.equal(shortName("山本 純"), "山本 純");
  });
  it("have a colour of eight, always the same", () => {
    assert.equal(colour("kofi"), colour("kofi"));
    assert.equal(new Set(Array.from({ length: 200 }, (_, n) => colour(`id${n}`))).size, 8);
  });
});

describe("server-sent events", () => {
  const parse = (...pieces) => {
    const events = [];
    const push = createParser((event) => events.push(event));
    pieces.forEach(push);
    return events;
  };
  it("are read however they are cut", () => {
    const text = 'event: snapshot\r\nid: 7\r\ndata: {"a":\r\ndata: 1}\r\n\r\n: note\n\nevent: beat\ndata: {}\n\n';
    const whole = parse(text);
    assert.deepEqual(whole, [
      { type: "snapshot", data: '{"a":\n1}', id: "7" },
      { type: "beat", data: "{}", id: "7" },
    ]);
    assert.deepEqual(parse(...text), whole);
  });
  it("need data, and a blank line at the end", () => {
    assert.deepEqual(parse("event: x\n\n", "data: 1\n"), []);
    assert.deepEqual(parse("data:1\r", "\n\r\n"), [{ type: "message", data: "1", id: null }]);
  });
});

describe("small words", () => {
  it("tell time", () => {
    assert.deepEqual([clock(4), clock(750), clock(3862), clock(42, true)], ["0:04", "12:30", "1:04:22", "0:00:42"]);
    assert.deepEqual([until(8040), until(300), until(30), until(200_000)], ["2 h 14", "5 min", "a moment", "2 days"]);
    assert.equal(inWords(8040), "in\u00a02\u00a0h\u00a014\u00a0min");
    assert.deepEqual(when("2026-11-20T18:00:00Z", "Europe/Berlin"), {
      day: "Friday, 19:00",
      date: "20 November, your time (Berlin)",
    });
  });
  it("read ICE servers from a Link header", () => {
    const header = '<stun:a.example>; rel="ice-server", <https://x>; rel="help", ' +
      '<turn:b.example?transport=udp>; rel="ice-server"; username="u,1"; credential="p;2"; credential-type="password"';
    assert.deepEqual(parseIceServers(header), [
      { urls: "stun:a.example" },
      { urls: "turn:b.example?transport=udp", username: "u,1", credential: "p;2" },
    ]);
    assert.deepEqual(parseIceServers(null), []);
  });
  it("tell why there is no microphone", () => {
    const cause = (name, message = "") => causeOf({ name, message });
    assert.equal(cause("NotAllowedError", "Permission denied"), "refused");
    assert.equal(cause("NotAllowedError", "Permission denied by system"), "system");
    assert.equal(cause("NotFoundError"), "missing");
    assert.equal(cause("NotReadableError"), "busy");
  });
  it("hear loudness as an ear does", () => {
    assert.deepEqual([share(0), share(1), share(null)], [0, 1, 0.5]);
    assert.ok(share(0.1) > 0.7 && share(0.1) < 0.8);
  });
});
