/** Takes up again what fell silent, without joining anew: by the network that is there now. */

import { Unanswered } from "./api.js";
import { fragmentOf, withEnd, withFewAddresses } from "./fragment.js";
import { gathered } from "./peer.js";

const PAUSES_S = [1, 30, 120];
const SETTLE_MS = 5_000;
const REMIND_MS = 4_000;
const SEAT_MS = 150_000;

const pause_s = (before) => PAUSES_S[Math.min(before, PAUSES_S.length - 1)];

/** Begin a connection's ICE anew (RFC 9725, section 4.3.3). */
async function restart(api, { pc, location }, iceServers) {
  pc.setConfiguration({ iceServers });
  pc.restartIce();
  await pc.setLocalDescription();
  await gathered(pc);
  const fragment = await api.restart(location, fragmentOf(withFewAddresses(pc.localDescription.sdp)));
  await pc.setRemoteDescription({ type: "answer", sdp: withEnd(pc.remoteDescription.sdp, fragment) });
}

/**
 * Have the browser go on asking for the box. It gives an address up after 15 s without an answer,
 * and takes one under another foundation for new; the box keeps a silent peer as long as its seat.
 */
function remind(peer, now) {
  peer.silentSince ??= now;
  if (now < (peer.remindAt ?? 0) || now - peer.silentSince > SEAT_MS) return;
  peer.remindAt = now + REMIND_MS;
  const told = peer.pc.remoteDescription.sdp.matchAll(/^a=candidate:\S+ (.+? typ \w+)/gm);
  for (const address of new Set([...told].map(([, found]) => found))) {
    const candidate = `candidate:${Math.floor(now)} ${address}`;
    peer.pc.addIceCandidate({ candidate, sdpMLineIndex: 0 }).catch(() => undefined);
  }
}

/**
 * For all connections of a page: the box is asked by one request at a time, and ever more rarely
 * while nothing answers. A browser has six sockets for a box, and one that waits for its connection
 * takes its place for two minutes, though nobody wants it any more and the network is back.
 */
export function createRepairs(api) {
  let askAt = 0;
  let failures = 0;
  let turn = 0;

  async function attempt(peer) {
    const mine = ++turn;
    askAt = Infinity;
    try {
      const servers = await api.iceServers(peer.endpoint);
      if (mine === turn) askAt = 0;
      await restart(api, peer, servers);
      failures = 0;
      return "agreed";
    } catch (error) {
      if (mine === turn) askAt = performance.now() + pause_s(failures++) * 1000;
      return error instanceof Unanswered || error.status === 429 ? "unanswered" : "gone";
    }
  }

  function answered() {
    askAt = failures = 0;
  }

  return {
    /**
     * Try to take a silent connection up again. Gives `agreed`; `unanswered`, where the box could
     * not be asked; `gone`, where only a fresh connection helps; or null: it is not time to ask.
     */
    async repair(peer) {
      const now = performance.now();
      remind(peer, now);
      if (peer.repairing || now < Math.max(askAt, peer.restUntil ?? 0)) return null;
      peer.repairing = true;
      const outcome = await attempt(peer);
      peer.repairing = false;
      if (outcome === "agreed") Object.assign(peer, { moved: false, restUntil: performance.now() + SETTLE_MS });
      else if (outcome === "gone") peer.restUntil = Infinity;
      return outcome;
    },
    /** A connection carries, so the box is there; its next silence is a new one. */
    carries(peer) {
      answered();
      return Object.assign(peer, { silentSince: null });
    },
    /** The network has changed: ask at once, whatever was before. */
    changed(peer) {
      answered();
      Object.assign(peer, { restUntil: 0, moved: true });
    },
    /** The box has answered something else: ask as soon as there is need. */
    answered,
    /** When the box is asked next. */
    get askAt() {
      return askAt;
    },
  };
}
