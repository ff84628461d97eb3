/** The line down, and what becomes of it when nothing comes through. A part of page_logic.test.mjs. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { clockwork, load } from "./page_sample.mjs";

const { Refusal, Unanswered } = await load("api.js");
const { createDownlink } = await load("downlink.js");

/** A browser's connection, through which a packet comes with each look while `Line.carries(n)`. */
class Line {
  static all = [];
  static carries = () => true;
  connectionState = "new";
  iceGatheringState = "complete";
  localDescription = { sdp: "offer" };
  packets = 0;
  constructor() {
    this.n = Line.all.push(this);
  }
  addTransceiver() {}
  addEventListener() {}
  removeEventListener() {}
  async setLocalDescription() {}
  async setRemoteDescription() {}
  async getStats() {
    if (Line.carries(this.n)) this.packets += 25;
    return new Map([["in", { type: "inbound-rtp", packetsReceived: this.packets }]]);
  }
  close() {
    this.connectionState = "closed";
  }
}

describe("the line down", () => {
  const pass = clockwork();
  before(() => (globalThis.RTCPeerConnection = Line));
  after(() => delete globalThis.RTCPeerConnection);

  /** A line that carries as told, to a box that gives this answer; what it said is written down. */
  async function kept(carries, offer = async () => ({ answer: "answer", location: "/whep/1" })) {
    Object.assign(Line, { all: [], carries });
    const said = [];
    const note = (word) => said.at(-1) === word || said.push(word);
    const downlink = createDownlink({
      api: { iceServers: async () => [], offer }, onTrack: () => undefined, onFlow: () => note("flow"),
      onQuiet: () => note("quiet"), onBroken: ({ cause }) => note(cause), onRefused: () => note("refused"),
    });
    downlink.keep();
    await pass(1);
    return { downlink, said, open: () => Line.all.filter(({ connectionState }) => connectionState !== "closed").length };
  }

  it("that falls silent comes back by a fresh connection", async () => {
    let dead = false;
    const { said, open } = await kept((n) => !dead || n > 1);
    dead = true;
    await pass(5);
    assert.deepEqual([said, Line.all.length, open()], [["flow", "quiet", "flow"], 2, 1]);
  });

  it("that stays silent is dead after 6 s", async () => {
    let dead = false;
    const { said } = await kept(() => !dead);
    dead = true;
    await pass(6);
    assert.deepEqual(said, ["flow", "quiet"]);
    await pass(1);
    assert.deepEqual([said, Line.all.length], [["flow", "quiet", "silent"], 2]);
  });

  it("through which nothing ever comes is late after 15 s", async () => {
    const { said } = await kept(() => false);
    await pass(14);
    assert.deepEqual(said, []);
    await pass(2);
    assert.deepEqual(said, ["late"]);
  });

  it("says that the box does not answer, and that the browser cannot", async () => {
    const { said } = await kept(() => true, async () => Promise.reject(new Unanswered()));
    assert.deepEqual(said, ["unreachable"]);
    const other = await kept(() => true, async () => Promise.reject(new TypeError("no such method")));
    assert.deepEqual(other.said, ["failed"]);
  });

  it("is given up where the box says no, and tried again where it asks for patience", async () => {
    const { said, downlink } = await kept(() => true, async () => Promise.reject(new Refusal(503, { error: "full" })));
    await pass(20);
    assert.deepEqual([said, Line.all.length, downlink.close()], [["refused"], 1, null]);
    await kept(() => true, async () => Promise.reject(new Refusal(429, {}, 4)));
    await pass(2);
    assert.equal(Line.all.length, 1);
    await pass(3);
    assert.equal(Line.all.length, 2);
  });

  it("that is closed gives back its address, and leaves nothing open", async () => {
    const { downlink, open } = await kept(() => true);
    assert.equal(downlink.close(), "/whep/1");
    await pass(10);
    assert.deepEqual([Line.all.length, open()], [1, 0]);
  });
});
