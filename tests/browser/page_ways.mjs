/** Line or stream: which way the sound takes, and a stream that is kept up. A part of page_logic.test.mjs. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clockwork, load, SNAPSHOT, someone } from "./page_sample.mjs";

const { Refusal, Unanswered } = await load("api.js");
const { fromSnapshot } = await load("room.js");
const { createStream } = await load("stream.js");
const { isIos, judge, needs, streamFor, wayFor } = await load("ways.js");

describe("the way of the sound", () => {
  const LISTENER = { chosen: null, ios: false, broken: null, waiting: false, speaking: false };
  const line = (facts) => {
    const { plays, keepsLine } = wayFor({ ...LISTENER, ...facts });
    return `${plays}${keepsLine ? " line" : ""}`;
  };
  const cases = [
    ["line line", {}],
    ["stream", { chosen: true }],
    ["stream", { broken: "none" }],
    ["stream", { ios: true }],
    ["line line", { ios: true, chosen: false }],
    ["stream line", { ios: true, waiting: true }],
    ["stream line", { broken: "weak", waiting: true }],
    ["line line", { ios: true, chosen: true, broken: "none", waiting: true, speaking: true }],
  ];
  for (const [way, facts] of cases) {
    it(`is ${way} with ${JSON.stringify(facts)}`, () => assert.equal(line(facts), way));
  }

  it("is Ogg where the browser is sure of it, MP3 on Apple's phones and after silence", () => {
    assert.equal(streamFor({ ogg: "probably", ios: false, silent: false }), "/listen.ogg");
    for (const more of [{ ogg: "maybe" }, { ogg: "" }, { ios: true }, { silent: true }]) {
      assert.equal(streamFor({ ogg: "probably", ios: false, silent: false, ...more }), "/listen.mp3");
    }
  });

  it("knows an iPad that calls itself a Mac by the fingers on it", () => {
    const mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15";
    assert.equal(isIos({ userAgent: mac, maxTouchPoints: 5 }), true);
    assert.equal(isIos({ userAgent: mac, maxTouchPoints: 0 }), false);
    assert.equal(isIos({ userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)" }), true);
    assert.equal(isIos({ userAgent: "Mozilla/5.0 (Linux; Android 15)", maxTouchPoints: 5 }), false);
  });

  it("is judged broken at once where nothing ever comes, or any more; after two failures; never without a box", () => {
    const after = (...causes) => causes.reduce((known, cause) => judge({ ...known, cause, carried: false }), { blame: 0 });
    assert.equal(after("late").broken, "none");
    assert.equal(after("failed").broken, null);
    assert.equal(after("failed", "unreachable", "failed").broken, "none");
    assert.equal(after("unreachable", "unreachable", "unreachable").broken, null);
    assert.equal(judge({ cause: "silent", carried: true, blame: 0 }).broken, "weak");
  });

  it("is the line soon for who is in line, invited or on stage, and now for who opens the microphone", () => {
    const room = (more) => fromSnapshot({ ...SNAPSHOT, ...more });
    const waiting = (more) => needs(room(more), { mic: "none" }).waiting;
    assert.equal(waiting({}), false);
    assert.equal(waiting({ requests: [{ participant: "kofi", name: "Kofi", reason: "" }] }), true);
    assert.equal(waiting({ you: { ...SNAPSHOT.you, invited: true } }), true);
    assert.equal(waiting({ participants: [someone("kofi", "Kofi Mensah", "speaker")] }), true);
    const speaking = (mic) => needs(null, { mic }).speaking;
    assert.deepEqual(["none", "asking", "up", "refused", "line"].map(speaking), [false, true, true, false, false]);
  });
});

/** An `<audio>` that plays when the test says so. */
class Audio extends EventTarget {
  #src = "";
  currentTime = 0;
  paused = false;
  loaded = 0;
  get src() {
    return this.#src;
  }
  set src(src) {
    this.#src = src;
    this.currentTime = this.loaded = 0;
  }
  get buffered() {
    return { length: 1, end: () => this.loaded };
  }
  canPlayType() {
    return "probably";
  }
  removeAttribute() {
    this.src = "";
  }
  load() {}
}

describe("a stream", () => {
  const clock = clockwork();

  /** A stream before this box (`trial()` is its answer); what it said is written down. */
  function playing(trial = () => undefined) {
    const audio = new Audio();
    const said = [];
    const srcs = [];
    const note = (word) => () => said.at(-1) === word || said.push(word);
    const stream = createStream({
      api: { trial: async () => trial() }, audio, ios: false, play: () => srcs.push(audio.src.split("?")[0]),
      onFlow: note("flow"), onLost: note("lost"), onUnreachable: note("unreachable"), onRefused: note("refused"),
    });
    /** Let so many seconds pass, in which the sound moves on, or not. */
    const pass = (seconds, { moves = true } = {}) =>
      clock(seconds, (step_s) => {
        if (moves) audio.currentTime += step_s;
        audio.loaded = Math.max(audio.loaded, audio.currentTime);
      });
    stream.load();
    return { audio, stream, said, srcs, pass };
  }

  it("that stands still for 5 s is loaded anew, at what is said now", async () => {
    const { said, srcs, pass } = playing();
    await pass(2);
    await pass(5, { moves: false });
    assert.equal(srcs.length, 1);
    await pass(1, { moves: false });
    assert.deepEqual([said, srcs], [["flow", "lost"], ["/listen.ogg", "/listen.ogg"]]);
    await pass(1);
    assert.equal(said.at(-1), "flow");
  });

  it("waits while it is paused", async () => {
    const { audio, srcs, pass } = playing();
    await pass(1);
    audio.paused = true;
    await pass(30, { moves: false });
    assert.equal(srcs.length, 1);
  });

  it("that has fallen behind skips to what is said now", async () => {
    const { audio, srcs, pass } = playing();
    await pass(1);
    audio.loaded = 30;
    await pass(1);
    assert.equal(srcs.length, 2);
  });

  it("of Ogg that never sounds becomes MP3", async () => {
    const { audio, said, srcs, pass } = playing();
    audio.dispatchEvent(new Event("error"));
    await pass(1, { moves: false });
    assert.deepEqual([said, srcs], [[], ["/listen.ogg", "/listen.mp3"]]);
  });

  it("without a box is tried again, ever more rarely", async () => {
    const { audio, said, srcs, pass } = playing(() => {
      throw new Unanswered();
    });
    await pass(1);
    audio.dispatchEvent(new Event("error"));
    await pass(0.5, { moves: false });
    assert.deepEqual(said, ["flow", "lost", "unreachable", "lost"]);
    await pass(60, { moves: false });
    assert.ok(srcs.length > 3 && srcs.length < 10, `${srcs.length} tries`);
  });

  it("ends where the box says no, and waits where no Space is on", async () => {
    for (const [status, last] of [[403, "refused"], [503, "refused"], [409, "lost"], [429, "lost"]]) {
      const { audio, stream, said, pass } = playing(() => {
        throw new Refusal(status, {});
      });
      await pass(1);
      audio.dispatchEvent(new Event("ended"));
      await pass(1, { moves: false });
      assert.equal(said.at(-1), last, `after ${status}`);
      assert.equal(audio.src === "", last === "refused");
      stream.close();
    }
  });

  it("that is closed says and does nothing more", async () => {
    const { audio, stream, said, srcs, pass } = playing();
    stream.close();
    audio.dispatchEvent(new Event("error"));
    await pass(20);
    assert.deepEqual([audio.src, said, srcs.length], ["", [], 1]);
  });
});
