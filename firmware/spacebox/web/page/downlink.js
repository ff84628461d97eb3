/** The line down: a WHEP connection that is kept up. */

import { backoff_s, connect, stat } from "./peer.js";
import { Refusal, Unanswered } from "./api.js";

const LOOK_MS = 500;
const CONNECT_MS = 15_000;
const SILENT_MS = 3_000;
const DEAD_MS = 6_000;

/** What came of a try, as `judge` in ways.js names it. PURE. */
function causeOf(error) {
  if (error instanceof Refusal || error instanceof Unanswered) return "unreachable";
  return typeof error.cause === "string" ? error.cause : "failed";
}

/**
 * What is wrong with a line, or null. One that has carried is given up only where the box agreed to
 * take it up again, and nothing comes all the same: the box itself may be out of reach, and then
 * the line comes back with it.
 */
function trouble({ flowed, flowedAt, agreedAt, pc }, now) {
  if (pc.connectionState === "closed") return "failed";
  if (flowed) return agreedAt !== null && now - agreedAt > SILENT_MS ? "silent" : null;
  if (now - flowedAt > CONNECT_MS) return "late";
  return pc.connectionState === "failed" ? "failed" : null;
}

/**
 * `onTrack(track)`: here is what will sound; `onFlow()`: it does, again and again;
 * `onQuiet({ since, nextAt })`: nothing arrives; `onBroken({ cause, since, nextAt })`: this try came
 * to nothing, the next is due; `onRefused(refusal)`: there will be none.
 */
export function createDownlink({ api, repairs, onTrack, onFlow, onQuiet, onBroken, onRefused }) {
  let kept = false;
  let peer = null;
  let failures = 0;
  let attempt = 0;
  let timer = null;

  async function open() {
    const mine = ++attempt;
    clearTimeout(timer);
    try {
      const fresh = await connect(api, "/whep", (pc) => {
        pc.addTransceiver("audio", { direction: "recvonly" });
        pc.addEventListener("track", ({ track }) => mine === attempt && onTrack(track));
      });
      if (mine !== attempt) return fresh.pc.close();
      peer?.pc.close();
      peer = { ...fresh, packets: 0, flowed: false, flowedAt: performance.now(), agreedAt: null };
      look(peer);
    } catch (error) {
      if (mine === attempt) failed(error);
    }
  }

  function failed(error) {
    const patient = error instanceof Refusal && error.status === 429;
    if (error instanceof Refusal && !patient) {
      close();
      return onRefused(error);
    }
    const now = performance.now();
    const wait_s = Math.max(backoff_s(failures), patient ? error.wait_s : 0);
    failures += 1;
    clearTimeout(timer);
    timer = setTimeout(open, wait_s * 1000);
    onBroken({ cause: causeOf(error), since: peer?.flowedAt ?? now, nextAt: now + wait_s * 1000 });
  }

  /** Downlinks carry a packet every 20 ms, silence too: without any for long, the line is dead. */
  async function look(mine) {
    const report = await stat(mine.pc, "inbound-rtp");
    if (mine !== peer) return;
    const now = performance.now();
    const packets = report?.packetsReceived ?? 0;
    if (packets > mine.packets) {
      Object.assign(mine, { packets, flowed: true, flowedAt: now, agreedAt: null });
      repairs.carries(mine);
      failures = 0;
      onFlow();
    }
    if (mine !== peer) return;
    const cause = trouble(mine, now);
    if (cause !== null) {
      mine.flowed = false;
      return failed(new Error("no sound arrives", { cause }));
    }
    const quiet = mine.flowed && now - mine.flowedAt > SILENT_MS;
    if (quiet) onQuiet({ since: mine.flowedAt, nextAt: mine.flowedAt + DEAD_MS });
    if (mine.moved || (quiet && mine.agreedAt === null)) mend(mine);
    setTimeout(look, LOOK_MS, mine);
  }

  /** Take a line that fell silent up again; where the box knows it no more, open a fresh one. */
  async function mend(mine) {
    const outcome = await repairs.repair(mine);
    if (mine !== peer || outcome === null) return;
    const now = performance.now();
    const { flowedAt: since } = mine;
    if (outcome === "agreed") mine.agreedAt = now;
    else if (outcome === "gone") open();
    else if (now - since > DEAD_MS) onBroken({ cause: "unreachable", since, nextAt: repairs.askAt });
  }

  function close() {
    kept = false;
    attempt += 1;
    failures = 0;
    clearTimeout(timer);
    const old = peer;
    peer = null;
    old?.pc.close();
    return old?.location ?? null;
  }

  return {
    /** Keep a line up from now on. */
    keep() {
      if (kept) return;
      kept = true;
      open();
    },
    /** The network has changed: take the line that is kept up again without waiting, or connect anew. */
    retry() {
      if (!kept) return;
      if (!peer?.flowed) return open();
      repairs.changed(peer);
      mend(peer);
    },
    /** Let the line go. The box hears that by the connection itself; its address is given back. */
    close,
    /** How loud it is now, 0 to 1, or null where the browser does not say. */
    async level() {
      return (peer && (await stat(peer.pc, "inbound-rtp"))?.audioLevel) ?? null;
    },
  };
}
