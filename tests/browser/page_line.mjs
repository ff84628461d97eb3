/** The line down, and what becomes of it when nothing comes through. A part of page_logic.test.mjs. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { clockwork, load } from "./page_sample.mjs";

const { Refusal, Unanswered } = await load("api.js");
const { createDownlink } = await load("downlink.js");
const { createRepairs } = await load("repair.js");
const { withFewAddresses } = await load("fragment.js");

const ANSWER = "v=0\r\nm=audio 9 X 0\r\na=ice-ufrag:old\r\na=ice-pwd:old\r\na=candidate:2 1 udp 9 192.0.2.1 5 typ host\r\n";

/** A browser's connection, through which a packet comes with each look while `Line.carries(n)`. */
class Line {
  static all = [];
  static carries = () => true;
  connectionState = "new";
  iceGatheringState = "complete";
  localDescription = { sdp: "v=0\r\nm=audio 9 X 0\r\na=mid:0\r\na=ice-ufrag:mine\r\na=candidate:1\r\n" };
  remoteDescription = null;
  packets = 0;
  told = [];
  constructor() {
    this.n = Line.all.push(this);
  }
  setConfiguration() {}
  restartIce() {}
  addTransceiver() {}
  async addIceCandidate({ candidate }) {
    this.told.push(candidate);
  }
  addEventListener() {}
  removeEventListener() {}
  async setLocalDescription() {}
  async setRemoteDescription(description) {
    this.remoteDescription = description;
  }
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

  const GONE = new Refusal(404, { error: "not_found" });
  const yes = async () => ({ answer: ANSWER, location: "/whep/1" });

  /** A line that carries as told, to a box that answers so; what it said is written down. */
  async function kept(carries, offer = yes, restart = async () => Promise.reject(GONE)) {
    Object.assign(Line, { all: [], carries });
    const said = [];
    const note = (word) => said.at(-1) === word || said.push(word);
    const api = { iceServers: async () => [], offer, restart };
    const downlink = createDownlink({
      api, repairs: createRepairs(api), onTrack: () => undefined, onFlow: () => note("flow"),
      onQuiet: () => note("quiet"), onBroken: ({ cause }) => note(cause), onRefused: () => note("refused"),
    });
    downlink.keep();
    await pass(1);
    return { downlink, said, open: () => Line.all.filter(({ connectionState }) => connectionState !== "closed").length };
  }

  it("that falls silent is taken up again, with the box's new end", async () => {
    let dead = false;
    const asked = [];
    const { said } = await kept(() => !dead, yes, async (...told) => {
      asked.push(told);
      dead = false;
      return "a=ice-ufrag:new\r\na=ice-pwd:new\r\nm=audio 9 X 0\r\na=mid:0\r\na=candidate:3\r\n";
    });
    dead = true;
    await pass(5);
    assert.deepEqual([said, Line.all.length], [["flow", "quiet", "flow"], 1]);
    assert.deepEqual(asked, [["/whep/1", "a=ice-ufrag:mine\r\nm=audio 9 X 0\r\na=mid:0\r\na=candidate:1\r\n"]]);
    assert.equal(
      Line.all[0].remoteDescription.sdp,
      "v=0\r\nm=audio 9 X 0\r\na=ice-ufrag:new\r\na=ice-pwd:new\r\na=candidate:3\r\n",
    );
  });

  it("that the box knows no more comes back by a fresh connection", async () => {
    let dead = false;
    const { said, open } = await kept((n) => !dead || n > 1);
    dead = true;
    await pass(5);
    assert.deepEqual([said, Line.all.length, open()], [["flow", "quiet", "flow"], 2, 1]);
  });

  it("that stays silent though the box agrees is dead", async () => {
    let dead = false;
    const { said } = await kept(() => !dead, yes, async () => "a=ice-ufrag:new\r\n");
    dead = true;
    await pass(6);
    assert.deepEqual([said, Line.all.length], [["flow", "quiet"], 1]);
    await pass(1);
    assert.equal(said.at(-1), "silent");
    await pass(1);
    assert.equal(Line.all.length, 2);
  });

  it("is kept while the box is out of reach, and comes back by itself", async () => {
    let dead = false;
    let asked = 0;
    const { said } = await kept(() => !dead, yes, async () => {
      asked += 1;
      throw new Unanswered();
    });
    dead = true;
    await pass(120);
    assert.deepEqual([said.slice(0, 3), Line.all.length], [["flow", "quiet", "unreachable"], 1]);
    assert.ok(asked > 2 && asked < 6, "the box is asked ever more rarely, since each takes a socket");
    const told = new Set(Line.all[0].told);
    assert.ok(told.size > 20, "the browser is told the box's address again and again, each time as a new one");
    dead = false;
    await pass(1);
    assert.equal(said.at(-1), "flow");
  });

  it("is taken up again at once when the network has changed", async () => {
    let asked = 0;
    const { downlink, said } = await kept(() => true, yes, async () => {
      asked += 1;
      return "";
    });
    downlink.retry();
    await pass(1);
    assert.deepEqual([asked, Line.all.length, said], [1, 1, ["flow"]]);
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

describe("an offer", () => {
  it("names as many addresses as a box takes, those outside before the machine's own", () => {
    const own = Array.from({ length: 12 }, (_, n) => `a=candidate:${n} 1 udp 1 192.0.2.${n} 50000 typ host`);
    const hidden = "a=candidate:90 1 udp 1 abc.local 50000 typ host";
    const tcp = "a=candidate:91 1 tcp 1 192.0.2.1 9 typ host tcptype active";
    const relay = "a=candidate:92 1 udp 1 203.0.113.5 50001 typ relay raddr 192.0.2.1 rport 50000";
    const lines = ["v=0", "m=audio 9 X 111", ...own, hidden, tcp, relay, "a=mid:0"];
    assert.deepEqual(withFewAddresses(lines.join("\r\n")).split("\r\n"), [
      "v=0", "m=audio 9 X 111", ...own.slice(0, 9), hidden, tcp, relay, "a=mid:0", "",
    ]);
    const few = ["v=0", ...own.slice(0, 3), relay, ""].join("\r\n");
    assert.equal(withFewAddresses(few), few);
  });
});
