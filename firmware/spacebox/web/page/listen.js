/** The sound of the Space in these ears: a WHEP connection that is kept up. */

import { backoff_s, connect, stat } from "./peer.js";
import { Refusal } from "./api.js";

const LOOK_MS = 500;
const CONNECT_MS = 15_000;
const SILENT_MS = 3_000;
const DEAD_MS = 6_000;

/**
 * Plays into `audio`, the one element of the page (an iPhone lets only that one sound which was
 * started in a tap). `onState(state, detail)`: `off`, `connecting`, `on`, `blocked`, `lost` with
 * `{ since, nextAt }`, and `refused` with the Refusal that ended it.
 */
export function createListener({ api, audio, onState }) {
  let wanted = false;
  let peer = null;
  let failures = 0;
  let timer = null;
  let attempt = 0;
  let seated = false;

  function play() {
    audio.play().catch((error) => {
      if (error.name === "NotAllowedError" && wanted) onState("blocked");
    });
  }

  async function open() {
    const mine = ++attempt;
    clearTimeout(timer);
    try {
      const fresh = await connect(api, "/whep", (pc) => {
        pc.addTransceiver("audio", { direction: "recvonly" });
        pc.addEventListener("track", ({ track }) => {
          audio.srcObject = new MediaStream([track]);
          play();
        });
      });
      if (mine !== attempt || !wanted) return fresh.pc.close();
      peer?.pc.close();
      peer = { ...fresh, packets: 0, flowed: false, flowedAt: performance.now() };
      look(peer);
    } catch (error) {
      if (mine === attempt && wanted) failed(error);
    }
  }

  function failed(error) {
    const patient = error instanceof Refusal && error.status === 429;
    if (error instanceof Refusal && !patient) {
      stop();
      return onState("refused", error);
    }
    const wait_s = Math.max(backoff_s(failures), patient ? error.wait_s : 0);
    failures += 1;
    onState("lost", { since: peer?.flowedAt ?? performance.now(), nextAt: performance.now() + wait_s * 1000 });
    timer = setTimeout(open, wait_s * 1000);
  }

  /** Downlinks carry a packet every 20 ms, silence too: without any for long, the line is dead. */
  async function look(mine) {
    const report = await stat(mine.pc, "inbound-rtp");
    if (mine !== peer) return;
    const now = performance.now();
    const packets = report?.packetsReceived ?? 0;
    if (packets > mine.packets) {
      Object.assign(mine, { packets, flowed: true, flowedAt: now });
      failures = 0;
      if (!audio.paused) onState("on");
    }
    const quiet = now - mine.flowedAt;
    const dead = quiet > (mine.flowed ? DEAD_MS : CONNECT_MS);
    if (dead || ["failed", "closed"].includes(mine.pc.connectionState)) {
      return failed(new Error("no sound arrives"));
    }
    if (mine.flowed && quiet > SILENT_MS) onState("lost", { since: mine.flowedAt, nextAt: mine.flowedAt + DEAD_MS });
    setTimeout(look, LOOK_MS, mine);
  }

  function stop() {
    wanted = false;
    attempt += 1;
    clearTimeout(timer);
    const old = peer;
    peer = null;
    old?.pc.close();
    audio.srcObject = null;
    return old?.location ?? null;
  }

  return {
    /**
     * Call this in a tap, before anything is awaited; `ready` resolves when there is a seat. Fails
     * as `ready` does, unless the sound was given up or started anew meanwhile.
     */
    async start(ready) {
      const mine = ++attempt;
      clearTimeout(timer);
      peer?.pc.close();
      peer = null;
      wanted = true;
      seated = false;
      failures = 0;
      onState("connecting");
      audio.srcObject ??= new MediaStream();
      play();
      try {
        await ready;
      } catch (error) {
        if (mine === attempt) throw error;
      }
      if (mine !== attempt) return;
      seated = true;
      await open();
    },
    /** Play again, in a tap, what the browser has held back. */
    resume: play,
    /** Connect anew without waiting, if sound is wanted. */
    retry() {
      if (wanted && seated) open();
    },
    /** Give the sound up. The box hears that by the connection, unless the whole page goes: `bye`. */
    stop({ bye = false } = {}) {
      const location = stop();
      if (bye && location !== null) api.hangUp(location);
      onState("off");
    },
    /** How loud it is now, 0 to 1, or null where the browser does not say. */
    async level() {
      return (peer && (await stat(peer.pc, "inbound-rtp"))?.audioLevel) ?? null;
    },
    get wanted() {
      return wanted;
    },
  };
}
