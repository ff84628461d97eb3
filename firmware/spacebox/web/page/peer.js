/** One WebRTC connection by one HTTP request: the client's half of WHIP (RFC 9725) and WHEP. */

import { withFewAddresses } from "./fragment.js";

const GATHERING_MS = 3_000;
const AFTER_FIRST_MS = 1_000;

/** Wait for the candidates: all of them, or a second after the first, at most three. */
export function gathered(pc) {
  return new Promise((resolve) => {
    let timer = setTimeout(done, GATHERING_MS);
    let first = true;
    function done() {
      clearTimeout(timer);
      pc.removeEventListener("icecandidate", onCandidate);
      resolve();
    }
    function onCandidate({ candidate }) {
      if (candidate === null) return done();
      if (!first) return;
      first = false;
      clearTimeout(timer);
      timer = setTimeout(done, AFTER_FIRST_MS);
    }
    const there = pc.localDescription.sdp.includes("a=candidate:");
    if (there && pc.iceGatheringState === "complete") return done();
    pc.addEventListener("icecandidate", onCandidate);
  });
}

/**
 * Connect to `endpoint` (`/whep` or `/whip`). `prepare(pc)` adds what is sent or received.
 * Gives `{ pc, endpoint, location }`; the connection is negotiated, not yet up. On failure nothing
 * stays.
 */
export async function connect(api, endpoint, prepare) {
  const pc = new RTCPeerConnection({ iceServers: await api.iceServers(endpoint) });
  try {
    prepare(pc);
    await pc.setLocalDescription();
    await gathered(pc);
    const { answer, location } = await api.offer(endpoint, withFewAddresses(pc.localDescription.sdp));
    await pc.setRemoteDescription({ type: "answer", sdp: answer });
    return { pc, endpoint, location };
  } catch (error) {
    pc.close();
    throw error;
  }
}

/** The first statistics report of this type, or undefined. */
export async function stat(source, type) {
  for (const report of (await source.getStats()).values()) {
    if (report.type === type) return report;
  }
  return undefined;
}

/** Seconds until the next try, after so many failures: 1, 2, 4, 8, 8, … */
export const backoff_s = (failures) => 2 ** Math.min(failures, 3);
