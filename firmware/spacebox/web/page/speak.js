/** One's voice towards the box: the microphone, and a WHIP connection that is kept up. */

import { backoff_s, connect, stat } from "./peer.js";
import { Refusal } from "./api.js";

const LOOK_MS = 1_000;
const REPORT_MS = 10_000;
const CONNECT_MS = 15_000;
const TRIES = 2;

const CAUSES = { NotFoundError: "missing", OverconstrainedError: "missing", NotReadableError: "busy" };

/** Why there is no microphone, as the keys of MIC in words.js. PURE. */
export function causeOf(error) {
  if (error.name === "NotAllowedError" || error.name === "SecurityError") {
    return /system/i.test(error.message) ? "system" : "refused";
  }
  return CAUSES[error.name] ?? "busy";
}

/** Whether this browser can open a microphone here: null, or `http`, or `app`. */
export function obstacle() {
  if (navigator.mediaDevices?.getUserMedia) return null;
  return globalThis.isSecureContext ? "app" : "http";
}

/**
 * `onState(state)`: `none`, `asking`, `joining`, `up`, or a cause of failure;
 * `onHeard(heard)`: whether the box receives us; `onInterrupted()`: the system took the microphone;
 * `onRefused(error)`: why we may not go up.
 */
export function createMicrophone({ api, repairs, onState, onHeard, onInterrupted, onRefused }) {
  let track = null;
  let peer = null;
  let attempt = 0;

  async function ask() {
    if (track?.readyState === "live") return track;
    const wish = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: wish });
    return stream.getAudioTracks()[0];
  }

  function keep(fresh) {
    if (fresh === track) return;
    track = fresh;
    track.enabled = false;
    track.addEventListener("mute", onInterrupted);
    track.addEventListener("ended", () => {
      if (track !== fresh) return;
      release();
      onInterrupted();
      onState("busy");
    });
  }

  async function open(mine, failures = 0) {
    try {
      const fresh = await connect(api, "/whip", (pc) => pc.addTransceiver(track, { direction: "sendonly" }));
      if (mine !== attempt) return fresh.pc.close();
      peer?.pc.close();
      peer = { ...fresh, since: performance.now(), report: null, reportAt: null };
      look(peer, mine, failures);
    } catch (error) {
      if (mine === attempt) again(mine, failures, error);
    }
  }

  function again(mine, failures, error) {
    const hopeless = failures >= TRIES && !peer?.up;
    if (hopeless || (error instanceof Refusal && error.status !== 429)) {
      release();
      return onState("line");
    }
    onHeard(false);
    setTimeout(() => mine === attempt && open(mine, failures + 1), backoff_s(failures) * 1000);
  }

  /** Receiver reports come every few seconds: one that advances is the proof that we are heard. */
  async function look(mine, turn, failures) {
    const report = await stat(mine.pc, "remote-inbound-rtp");
    if (mine !== peer) return;
    const now = performance.now();
    const state = mine.pc.connectionState;
    if (state === "connected") Object.assign(repairs.carries(mine), { agreed: false });
    if (state === "connected" && !mine.up) {
      mine.up = true;
      failures = 0;
      onState("up");
    }
    if (report && report.timestamp !== mine.report) Object.assign(mine, { report: report.timestamp, reportAt: now });
    const reported = mine.reportAt === null || now - mine.reportAt < REPORT_MS;
    if (mine.up) onHeard(state === "connected" && reported);
    const late = !mine.up && now - mine.since > CONNECT_MS;
    const dead = state === "closed" || (state === "failed" && !mine.up) || late;
    if (dead || mine.gone) return again(turn, failures, new Error("the line is dead"));
    if (mine.up && (mine.moved || state !== "connected")) mend(mine);
    setTimeout(look, mine.up ? LOOK_MS : LOOK_MS / 10, mine, turn, failures);
  }

  /** What was up is taken up again, and comes back as it was; what that does not help twice is gone. */
  async function mend(mine) {
    const outcome = await repairs.repair(mine);
    mine.gone ||= outcome === "gone" || (outcome === "agreed" && mine.agreed);
    mine.agreed ||= outcome === "agreed";
  }

  function release() {
    attempt += 1;
    const [oldTrack, oldPeer] = [track, peer];
    track = peer = null;
    oldTrack?.stop();
    oldPeer?.pc.close();
  }

  function down() {
    release();
    onState("none");
  }

  return {
    /**
     * Open the microphone, in a tap; then wait for `allowed` (being on stage) and go up, muted.
     * Where that fails the microphone is closed again, even while the browser still asks.
     */
    async goUp(allowed) {
      const mine = ++attempt;
      const decided = allowed.catch((error) => {
        if (mine !== attempt) return;
        down();
        onRefused(error);
      });
      onState("asking");
      try {
        const fresh = await ask();
        if (mine !== attempt) return fresh.stop();
        keep(fresh);
      } catch (error) {
        return mine === attempt && onState(causeOf(error));
      }
      onState("joining");
      await decided;
      if (mine === attempt) await open(mine);
    },
    /** The network has changed: take up again what is up. */
    retry() {
      if (!peer?.up) return;
      repairs.changed(peer);
      peer.agreed = false;
      mend(peer);
    },
    /** Let sound out, or not: this very moment, whatever the box says later. */
    setOpen(isOpen) {
      if (track) track.enabled = isOpen;
    },
    /**
     * Close microphone and connection. The box hears that by the connection itself: a DELETE would
     * also step down, and going down is a command of its own.
     */
    down,
    /** How loud oneself is now, 0 to 1, or null where the browser does not say. */
    async level() {
      return (peer && (await stat(peer.pc, "media-source"))?.audioLevel) ?? null;
    },
  };
}
