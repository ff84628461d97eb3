/** The sound of the Space in these ears: by the line, or by the steady stream. */

import { createDownlink } from "./downlink.js";
import { createStream } from "./stream.js";
import { isIos, judge, wayFor } from "./ways.js";

/**
 * Plays into `audio`, the one element of the page (an iPhone lets only that one sound which was
 * started in a tap). `onState(state, detail)`: `off`, `connecting`, `on` with `{ way, broken }`
 * (see ways.js), `blocked`, `lost` with `{ since, nextAt }`, and `refused` with the Refusal that
 * ended it.
 */
export function createListener({ api, repairs, audio, onState, device = navigator }) {
  const ios = isIos(device);
  const facts = { chosen: null, ios, broken: null, waiting: false, speaking: false };
  let wanted = false;
  let seated = false;
  let attempt = 0;
  let blame = 0;
  let carried = false;
  let track = null;
  let playing = null;

  const wish = () => wayFor(facts);
  const sounds = () => audio.paused || onState("on", { way: playing, broken: facts.broken });

  const downlink = createDownlink({
    api,
    repairs,
    onTrack(fresh) {
      track = fresh;
      if (playing === "line") playLine();
    },
    onFlow() {
      blame = 0;
      if (wish().plays === "line" && playing === "stream") playLine();
      if (playing !== "line") return;
      carried = true;
      facts.broken = null;
      sounds();
    },
    onQuiet: (detail) => playing === "line" && onState("lost", detail),
    onBroken({ cause, ...detail }) {
      if (wish().plays !== "line") return;
      const verdict = judge({ cause, carried, blame });
      blame = verdict.blame;
      if (verdict.broken !== null) broke(verdict.broken);
      if (playing === "line") onState("lost", detail);
    },
    onRefused: (refusal) => wish().plays === "line" && refused(refusal),
  });

  const stream = createStream({
    api,
    audio,
    ios,
    play,
    onFlow: () => playing === "stream" && sounds(),
    onLost: (detail) => onState("lost", detail),
    onUnreachable() {
      // It was no weak line, then, but the whole way to the box: a line may well come up again.
      if (facts.broken === "weak") broke(null);
    },
    onRefused: refused,
  });

  function play() {
    audio.play().catch((error) => {
      if (error.name === "NotAllowedError" && wanted) onState("blocked");
    });
  }

  function playLine() {
    stream.close();
    playing = "line";
    audio.srcObject = new MediaStream(track === null ? [] : [track]);
    play();
  }

  /** Make it so: a stream plays on until the line carries, unless one's own voice would be in it. */
  function settle() {
    if (!wanted || !seated) return;
    const { plays, keepsLine } = wish();
    if (plays === "stream" && playing !== "stream") {
      playing = "stream";
      stream.load();
    }
    if (plays === "line" && (playing === null || facts.speaking) && playing !== "line") playLine();
    if (keepsLine) return downlink.keep();
    track = null;
    downlink.close();
  }

  /** How the line is broken, or with null that it may be tried anew. */
  function broke(how) {
    facts.broken = how;
    blame = 0;
    settle();
  }

  function refused(refusal) {
    stop();
    onState("refused", refusal);
  }

  function stop() {
    wanted = false;
    attempt += 1;
    track = playing = null;
    stream.close();
    audio.srcObject = null;
    return downlink.close();
  }

  return {
    /**
     * Call this in a tap, before anything is awaited; `ready` resolves when there is a seat. Fails
     * as `ready` does, unless the sound was given up or started anew meanwhile.
     */
    async start(ready) {
      stop();
      const mine = attempt;
      wanted = true;
      seated = carried = false;
      blame = 0;
      onState("connecting");
      audio.srcObject = new MediaStream();
      play();
      try {
        await ready;
      } catch (error) {
        if (mine === attempt) throw error;
      }
      if (mine !== attempt) return;
      seated = true;
      settle();
    },
    /** Whether the stream is what one wants, or has to do with. */
    get steady() {
      return wish().plays === "stream";
    },
    /** Choose the stream, or the line: that is tried anew. */
    choose(steady) {
      facts.chosen = steady;
      broke(null);
    },
    /** Have what is needed (`needs` in ways.js). */
    heed({ waiting, speaking }) {
      if (facts.waiting === waiting && facts.speaking === speaking) return;
      Object.assign(facts, { waiting, speaking });
      settle();
    },
    /** Play again, in a tap, what the browser has held back: a stream from what is said now. */
    resume() {
      if (playing === "stream" && audio.paused) stream.load();
      else play();
    },
    /** Connect anew without waiting, if sound is wanted. */
    retry() {
      if (playing === "stream") stream.load();
      downlink.retry();
    },
    /** Give the sound up. The box hears that by the connection, unless the whole page goes: `bye`. */
    stop({ bye = false } = {}) {
      const location = stop();
      if (bye && location !== null) api.hangUp(location);
      onState("off");
    },
    /** How loud it is now, 0 to 1, or null where the browser does not say. */
    level: async () => (playing === "line" ? downlink.level() : null),
    get wanted() {
      return wanted;
    },
  };
}
