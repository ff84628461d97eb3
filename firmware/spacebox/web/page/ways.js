/**
 * Which way the sound takes to these ears, and when. PURE.
 *
 * The *line* is WebRTC: at once, as long as the page is awake and the network lets it through.
 * The *stream* is a plain HTTP response in `<audio>`: seconds behind, but a locked phone plays it
 * on, and it passes wherever the page itself came through.
 */

import { place } from "./room.js";
import { needsMicrophone } from "./state.js";

const ENOUGH = 2;
const BLAME = { late: ENOUGH, silent: ENOUGH, failed: 1 };
const SPEAKING = new Set(["asking", "joining", "up"]);

/** A phone or tablet of Apple's; a tablet calls itself a Mac, but has fingers on it. */
export const isIos = ({ userAgent, maxTouchPoints = 0 }) =>
  /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);

/**
 * The stream for this browser. `ogg` is what it thinks of Ogg Opus (`canPlayType`): Safari says
 * "maybe" and may fall silent. `silent`: it was tried here, and nothing came of it.
 */
export const streamFor = ({ ogg, ios, silent }) =>
  ogg === "probably" && !ios && !silent ? "/listen.ogg" : "/listen.mp3";

/** What somebody needs the line for: `waiting` (soon) and `speaking` (now). */
export function needs(room, me) {
  const waiting = room !== null && (place(room) > 0 || Boolean(room.you?.invited) || needsMicrophone(room));
  return { waiting, speaking: SPEAKING.has(me.mic) };
}

/**
 * What plays, `line` or `stream`, and whether the line is kept up.
 *
 *   chosen    whether the person wants the stream; null where they have not said
 *   ios       there a line that only listens is unreliable, and ends when the phone locks
 *   broken    the line does not carry: `weak` (it did before) or `none`; else null
 *   waiting   the line may be needed any moment
 *   speaking  one's microphone is on its way or up: a stream would bring one's own voice, late
 */
export function wayFor({ chosen, ios, broken, waiting, speaking }) {
  const steady = !speaking && (broken !== null || (chosen ?? ios));
  return { plays: steady ? "stream" : "line", keepsLine: !steady || waiting };
}

/**
 * What to think of a line that came to nothing. `cause` is `late` (never a packet), `silent` (none
 * any more), `failed`, or `unreachable` (the box itself does not answer: not the line's fault);
 * `blame` is what it has gathered before, `carried` whether it ever carried sound. Gives the new
 * `blame`, and `broken` as above.
 */
export function judge({ cause, carried, blame }) {
  const sum = blame + (BLAME[cause] ?? 0);
  return { blame: sum, broken: sum < ENOUGH ? null : carried ? "weak" : "none" };
}
