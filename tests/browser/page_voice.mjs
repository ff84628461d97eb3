/** The line up, and how it is mended. A part of page_logic.test.mjs. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { clockwork, load } from "./page_sample.mjs";

const { Refusal, Unanswered } = await load("api.js");
const { createMicrophone } = await load("speak.js");

const SDP = "v=0\r\nm=audio 9 X 111\r\na=ice-ufrag:EsAw\r\n";

/** A browser's connection, in the state that a test says. */
class Line {
  static all = [];
  connectionState = "connected";
  iceGatheringState = "complete";
  localDescription = { sdp: SDP };
  currentRemoteDescription = { sdp: SDP };
  constructor() {
    Line.all.push(this);
  }
  addTransceiver() {}
  addEventListener(_, listener) {
    this.listener = listener;
  }
  removeEventListener() {}
  async setLocalDescription() {
    this.listener?.({ candidate: null });
  }
  async setRemoteDescription() {}
  restartIce() {}
  async getStats() {
    return new Map();
  }
  close() {
    this.connectionState = "closed";
  }
}

describe("the line up", () => {
  const pass = clockwork();
  const track = { readyState: "live", addEventListener: () => undefined, stop: () => (track.readyState = "ended") };
  const own = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  before(() => {
    globalThis.RTCPeerConnection = Line;
    const mediaDevices = { getUserMedia: async () => ({ getAudioTracks: () => [track] }) };
    Object.defineProperty(globalThis, "navigator", { value: { mediaDevices }, configurable: true });
  });
  after(() => {
    delete globalThis.RTCPeerConnection;
    delete globalThis.navigator;
    if (own) Object.defineProperty(globalThis, "navigator", own);
  });

  /** A voice that is up and open, to a box that takes fragments as told; what it said is written down. */
  async function up(patch) {
    Line.all = [];
    track.readyState = "live";
    const said = [];
    const microphone = createMicrophone({
      api: {
        iceServers: async () => [], offer: async () => ({ answer: SDP, location: "/whip/1" }),
        reach: async () => undefined, patch,
      },
      onState: (state) => said.push(state), onHeard: () => undefined,
      onInterrupted: () => undefined, onRefused: () => undefined,
    });
    microphone.goUp(Promise.resolve());
    await pass(1);
    microphone.setOpen(true);
    assert.deepEqual(said.splice(0), ["asking", "joining", "up"]);
    return { said, microphone };
  }

  for (const state of ["disconnected", "failed"]) {
    it(`that is ${state} finds another way, and stays open`, async () => {
      const told = [];
      const { said, microphone } = await up(async (_, session) => {
        told.push(session);
        Line.all[0].connectionState = "connected";
        return { fragment: SDP, session: '"ice1"' };
      });
      Line.all[0].connectionState = state;
      await pass(4);
      assert.deepEqual([told, said, Line.all.length], [["*", '"ice1"'], [], 1]);
      assert.deepEqual([track.enabled, track.readyState], [true, "live"]);
      microphone.down();
    });
  }

  it("waits for a box that does not answer, and comes back by itself", async () => {
    const { said, microphone } = await up(async () => Promise.reject(new Unanswered()));
    Line.all[0].connectionState = "disconnected";
    await pass(30);
    Line.all[0].connectionState = "connected";
    await pass(2);
    assert.deepEqual([said, Line.all.length, track.enabled], [[], 1, true]);
    microphone.down();
    assert.deepEqual([said, track.readyState], [["none"], "ended"]);
  });

  it("that the box has let go is opened anew", async () => {
    const { said, microphone } = await up(async () => Promise.reject(new Refusal(404, { error: "not_found" })));
    Line.all[0].connectionState = "failed";
    await pass(4);
    assert.deepEqual([said, Line.all.length], [["up"], 2]);
    assert.deepEqual(Line.all.map(({ connectionState }) => connectionState), ["closed", "connected"]);
    microphone.down();
  });
});
