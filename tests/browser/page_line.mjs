/** The line down, and what becomes of it when nothing comes through. A part of page_logic.test.mjs. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { clockwork, load } from "./page_sample.mjs";

const { Refusal, Unanswered } = await load("api.js");
const { createDownlink } = await load("downlink.js");
const { fragmentOf, renewed } = await load("ice.js");

const OFFER = [
  "v=0", "a=group:BUNDLE 0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=rtpmap:111 opus/48000/2", "a=mid:0",
  "a=ice-ufrag:EsAw", "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1", "a=candidate:1 1 udp 1 192.0.2.1 50000 typ host", "",
].join("\r\n");
const ANSWER = "v=0\r\nm=audio 9 X 111\r\na=ice-ufrag:old0\r\na=candidate:1\r\na=setup:passive\r\n";
const NEW_END = "a=ice-ufrag:new0\r\nm=audio 9 X 0\r\na=candidate:2\r\na=end-of-candidates\r\n";

/** A browser's connection, through which a packet comes with each look while `Line.carries(n)`. */
class Line {
  static all = [];
  static carries = () => true;
  connectionState = "new";
  iceGatheringState = "complete";
  localDescription = { sdp: OFFER };
  currentRemoteDescription = null;
  restarts = 0;
  packets = 0;
  constructor() {
    this.n = Line.all.push(this);
  }
  addTransceiver() {}
  addEventListener() {}
  removeEventListener() {}
  async setLocalDescription() {}
  async setRemoteDescription(description) {
    this.currentRemoteDescription = description;
  }
  restartIce() {
    this.restarts += 1;
  }
  async getStats() {
    if (Line.carries(this.n)) this.packets += 25;
    return new Map([["in", { type: "inbound-rtp", packetsReceived: this.packets }]]);
  }
  close() {
    this.connectionState = "closed";
  }
}

describe("a way through the network", () => {
  it("is told by its credentials and candidates alone", () => {
    assert.deepEqual(fragmentOf(OFFER).split("\r\n"), [
      "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0", "a=ice-ufrag:EsAw", "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1",
      "a=candidate:1 1 udp 1 192.0.2.1 50000 typ host", "",
    ]);
  });

  it("takes the place of the one before, and nothing else changes", () => {
    assert.deepEqual(renewed(ANSWER, NEW_END).split("\r\n"), [
      "v=0", "m=audio 9 X 111", "a=setup:passive", "a=ice-ufrag:new0", "a=candidate:2", "a=end-of-candidates", "",
    ]);
  });
});

describe("the line down", () => {
  const pass = clockwork();
  before(() => (globalThis.RTCPeerConnection = Line));
  after(() => delete globalThis.RTCPeerConnection);

  const forgotten = async () => Promise.reject(new Refusal(404, { error: "not_found" }));

  /** A line that carries as told, to a box that gives this answer; what it said is written down. */
  async function kept(carries, offer = async () => ({ answer: ANSWER, location: "/whep/1" }), patch = forgotten) {
    Object.assign(Line, { all: [], carries });
    const said = [];
    const note = (word) => said.at(-1) === word || said.push(word);
    const downlink = createDownlink({
      api: { iceServers: async () => [], offer, reach: async () => undefined, patch }, onTrack: () => undefined, onFlow: () => note("flow"),
      onQuiet: () => note("quiet"), onBroken: ({ cause }) => note(cause), onRefused: () => note("refused"),
    });
    downlink.keep();
    await pass(1);
    return { downlink, said, open: () => Line.all.filter(({ connectionState }) => connectionState !== "closed").length };
  }

  it("that falls silent comes back another way, by the same connection", async () => {
    let dead = false;
    const told = [];
    const patch = async (...request) => {
      told.push(request);
      return { fragment: NEW_END, session: '"ice1"' };
    };
    const { said } = await kept(() => !dead || Line.all[0].restarts > 0, undefined, patch);
    dead = true;
    await pass(8);
    assert.deepEqual([said, Line.all.length], [["flow", "quiet", "flow"], 1]);
    assert.deepEqual(told, [["/whep/1", "*", fragmentOf(OFFER)], ["/whep/1", '"ice1"', fragmentOf(OFFER)]]);
    assert.equal(Line.all[0].currentRemoteDescription.sdp, renewed(ANSWER, NEW_END));
  });

  it("that the box has forgotten comes back by a fresh connection", async () => {
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
