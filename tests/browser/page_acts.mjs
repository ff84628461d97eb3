/** What the page does where the box says no, late, or nothing. A part of page_logic.test.mjs. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it, mock } from "node:test";
import { e, load, SNAPSHOT, someone } from "./page_sample.mjs";

const { createActions } = await load("actions.js");
const { createApi } = await load("api.js");
const { muted } = await load("state.js");
const { createVisit } = await load("visit.js");
const { createVoice } = await load("voice.js");
const { NOTICE } = await load("words.js");

/** A box that answers each request as `answer(url, body)` says: a status and a body, or an error. */
function boxOf(answer) {
  const requests = [];
  const fetch = async (url, { body, headers }) => {
    const sent = body ? JSON.parse(body) : null;
    requests.push({ url, body: sent, by: headers.Authorization });
    const said = await answer(url, sent);
    if (said instanceof Error) throw said;
    return new Response(said.status === 204 ? null : JSON.stringify(said.body ?? {}), said);
  };
  return { requests, fetch };
}

const OK = { status: 200 };
const BUSY = { status: 429, body: { error: "too_many", reason: "one moment" }, headers: { "Retry-After": "2" } };
const GONE = new TypeError("Failed to fetch");

/** Let everything happen that waits for no clock. */
const rest = async () => {
  for (let n = 0; n < 5; n += 1) await new Promise(setImmediate);
};
const later = async (seconds) => {
  mock.timers.tick(seconds * 1000);
  await rest();
};
const visitOf = (snapshot) => {
  const visit = createVisit({ onChange: () => undefined, stale: () => undefined, guarded: () => true });
  visit.take(snapshot);
  return visit;
};
const withClock = () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
  afterEach(() => mock.timers.reset());
};

describe("one's own mute", () => {
  withClock();

  /** Kofi on stage, with a box that gives these answers and then says yes. */
  function onStage(isMuted, ...answers) {
    const { requests, fetch } = boxOf(() => answers.shift() ?? OK);
    const you = { participant: "kofi", role: "speaker", muted: isMuted };
    const visit = visitOf({ ...SNAPSHOT, participants: [someone("kofi", "Kofi Mensah", "speaker")], you });
    const track = { open: !isMuted };
    const microphone = { setOpen: (open) => (track.open = open) };
    const voice = createVoice({ api: createApi({ token: "t" }, fetch), visit, microphone });
    const tell = (fields, by = "kofi") => {
      const event = e("MuteChanged", "kofi", { ...fields, by });
      visit.apply(event);
      voice.told(event);
    };
    const asked = () => requests.map(({ body }) => body.muted);
    return { visit, voice, track, tell, asked, isMuted: () => muted(visit.room, visit.me) };
  }

  for (const [name, failure] of [["a 429", BUSY], ["a 500", { status: 500 }], ["no answer", GONE]]) {
    it(`stays muted after ${name}, and is sent until the box has it`, async () => {
      const kofi = onStage(false, failure, failure);
      kofi.voice.set(true);
      await rest();
      assert.deepEqual([kofi.isMuted(), kofi.track.open, kofi.asked()], [true, false, [true]]);
      await later(2);
      await later(8);
      assert.deepEqual([kofi.isMuted(), kofi.asked()], [true, [true, true, true]]);
      kofi.tell({ muted: true });
      await later(60);
      assert.deepEqual([kofi.visit.me.wanted, kofi.asked().length], [null, 3]);
    });
  }

  it("is sent again where the box said yes and the room does not show it", async () => {
    const kofi = onStage(false);
    kofi.voice.set(true);
    await rest();
    await later(3);
    assert.deepEqual([kofi.isMuted(), kofi.asked()], [true, [true, true]]);
  });

  it("gives way to an unmute by the same hand", async () => {
    const kofi = onStage(false, BUSY);
    kofi.voice.set(true);
    await rest();
    kofi.voice.set(false);
    await later(60);
    assert.deepEqual([kofi.isMuted(), kofi.track.open, kofi.asked()], [false, true, [true, false]]);
  });

  it("closes again, and says so, where an unmute fails; a late yes opens nothing", async () => {
    const kofi = onStage(true, GONE);
    kofi.voice.set(false);
    assert.equal(kofi.track.open, true);
    await rest();
    assert.deepEqual([kofi.isMuted(), kofi.track.open, kofi.visit.me.notice], [true, false, NOTICE.notOpened]);
    kofi.tell({ muted: false });
    assert.equal(kofi.isMuted(), true);
    await later(1);
    assert.deepEqual(kofi.asked(), [false, true]);
    kofi.tell({ muted: true });
    assert.equal(kofi.visit.me.wanted, null);
  });

  it("is overruled by a host, and ends with the place on stage", async () => {
    const kofi = onStage(true);
    kofi.voice.set(false);
    await rest();
    kofi.tell({ muted: false });
    kofi.tell({ muted: true }, "host");
    assert.equal(kofi.isMuted(), true);
    kofi.voice.set(true);
    kofi.visit.apply(e("SteppedDown", "kofi", { by: "host" }));
    await rest();
    await later(60);
    assert.deepEqual([kofi.visit.me.wanted, kofi.asked()], [null, [false, true]]);
  });
});

describe("taking a seat", () => {
  withClock();

  /** A newcomer's buttons before this box; what they start and stop is written down. */
  function newcomer(answer) {
    const { requests, fetch } = boxOf(answer);
    const seat = { token: null, invitation: null, invitationUsed: () => undefined };
    const visit = visitOf({ ...SNAPSHOT, you: null });
    const done = [];
    const note = (word) => () => done.push(word);
    const listener = { stop: note("silence"), start: (ready) => ready.then(note("sound")) };
    const actions = createActions({
      visit, seat, listener, api: createApi(seat, fetch), goodbye: note("goodbye"), say: note("say"),
      link: { open: note("open"), check: note("check") },
      microphone: { down: note("down") },
      tabs: { claim: () => undefined, release: () => undefined },
    });
    return { actions, visit, seat, done, urls: () => requests.map(({ url }) => url), requests };
  }
  const seatOf = (token) => ({ status: 201, body: { participant: "kofi", token, role: "listener" } });

  it("gives up after some tries without an answer, and says so", async () => {
    const guest = newcomer(() => GONE);
    guest.actions.listen();
    await rest();
    for (const wait_s of [1, 2, 4, 8, 8]) await later(wait_s);
    assert.equal(guest.urls().length, 6);
    assert.deepEqual([guest.done, guest.visit.me.notice], [["silence", "check"], NOTICE.unanswered]);
    await later(60);
    assert.equal(guest.urls().length, 6);
  });

  it("is one request for all who want it", async () => {
    const guest = newcomer((url) => (url === "/api/join" ? seatOf("t") : OK));
    guest.actions.listen();
    await guest.actions.react("👏");
    assert.deepEqual(guest.urls(), ["/api/join", "/api/commands"]);
    assert.ok(guest.done.includes("sound"));
  });

  it("ends with leaving: no further try, and a seat that comes late is given back", async () => {
    let answer;
    const late = new Promise((resolve) => (answer = resolve));
    const answers = [GONE, late];
    const guest = newcomer((url) => (url === "/api/join" ? answers.shift() : { status: 204 }));
    guest.actions.listen();
    await rest();
    await later(1);
    await guest.actions.leave();
    answer(seatOf("late"));
    await rest();
    await later(60);
    assert.deepEqual(guest.urls(), ["/api/join", "/api/join", "/api/leave", "/api/leave"]);
    assert.equal(guest.requests.at(-1).by, "Bearer late");
    assert.equal(guest.seat.token, null);
  });

  it("lets go of microphone and sound at once, before the box knows", async () => {
    const guest = newcomer(() => new Promise(() => undefined));
    guest.visit.take(SNAPSHOT);
    guest.actions.leave();
    assert.deepEqual([guest.done, guest.visit.room.you], [["down", "silence"], null]);
  });
});
