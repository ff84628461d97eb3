/** The steady stream: the programme as an endless HTTP response, in the page's `<audio>`. */

import { backoff_s } from "./peer.js";
import { Refusal } from "./api.js";
import { streamFor } from "./ways.js";

const LOOK_MS = 500;
const STUCK_MS = 5_000;
const LATE_S = 15;
/** Too many asked just now; and no Space is on: of an end the room itself will tell. */
const PATIENT = new Set([409, 429]);
const OGG_OPUS = 'audio/ogg; codecs="opus"';

/** How many seconds have arrived that are not played yet: so far behind is what plays. */
const behind_s = ({ buffered, currentTime }) =>
  buffered.length === 0 ? 0 : buffered.end(buffered.length - 1) - currentTime;

/**
 * `play()` starts the element. `onFlow()`: it sounds, again and again; `onLost({ since, nextAt })`:
 * it does not, and the next try is due; `onUnreachable()`: because the box does not answer;
 * `onRefused(refusal)`: there will be none.
 */
export function createStream({ api, audio, ios, play, onFlow, onLost, onUnreachable, onRefused }) {
  let path = null;
  let silent = false;
  let flowed = false;
  let flowedAt = 0;
  let at = 0;
  let failures = 0;
  let timer = null;
  let turn = 0;

  /** Begin at what is said now, under an address of its own: no cache has that. */
  function load() {
    clearTimeout(timer);
    turn += 1;
    path = streamFor({ ogg: audio.canPlayType(OGG_OPUS), ios, silent });
    audio.srcObject = null;
    audio.src = `${path}?t=${Date.now()}`;
    at = audio.currentTime;
    flowed = false;
    flowedAt = performance.now();
    play();
    timer = setTimeout(look, LOOK_MS);
  }

  function look() {
    timer = setTimeout(look, LOOK_MS);
    const now = performance.now();
    const moved = audio.currentTime !== at;
    at = audio.currentTime;
    // What is paused waits for a tap and not for the box.
    if (moved || audio.paused) flowedAt = now;
    if (now - flowedAt > STUCK_MS) return fail();
    if (!moved) return;
    flowed = true;
    failures = 0;
    if (behind_s(audio) > LATE_S) load();
    else onFlow();
  }

  /** Ask the box why, and try again; a browser does not tell what an `<audio>` was answered. */
  async function fail() {
    clearTimeout(timer);
    const mine = ++turn;
    const since = flowedAt;
    let wait_s = failures === 0 ? 0 : backoff_s(failures - 1);
    if (flowed || failures > 0) onLost({ since, nextAt: performance.now() });
    failures += 1;
    try {
      await api.trial(path);
      silent ||= !flowed;
    } catch (error) {
      if (mine !== turn) return;
      const refused = error instanceof Refusal;
      if (refused && !PATIENT.has(error.status)) {
        close();
        return onRefused(error);
      }
      wait_s = Math.max(backoff_s(failures - 1), error.wait_s ?? 0);
      if (!refused) onUnreachable();
    }
    if (mine !== turn) return;
    timer = setTimeout(load, wait_s * 1000);
    if (wait_s > 0) onLost({ since, nextAt: performance.now() + wait_s * 1000 });
  }

  function close() {
    clearTimeout(timer);
    turn += 1;
    if (path === null) return;
    path = null;
    failures = 0;
    audio.removeAttribute("src");
    audio.load();
  }

  for (const end of ["error", "ended"]) audio.addEventListener(end, () => path !== null && fail());

  return { load, close };
}
