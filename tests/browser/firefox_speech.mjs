/** Somebody talking, and whether a recording has them. */

import { execFileSync } from "node:child_process";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const WORDS =
  "We strung thirty metres of wire from the balcony to the old pear tree and the very first evening we " +
  "heard three stations from across the water one of them played nothing but accordions and another read " +
  "the depth of every river between here and the mountains slowly as if there were all the time in the world ";
const HEADER_BYTES = 44;
const HOP_S = 0.01;
const HOPS = 4;

/** Write somebody who talks without a pause, as a WAV file of mono, 16 bits; gives the file. */
export function speechFile(file) {
  execFileSync("espeak-ng", ["-v", "en-us", "-s", "165", "-w", file, WORDS]);
  return file;
}

/** The samples of a WAV file, which may still grow, as `{ rate, samples }`: from second *from* on. */
export function wav(file, from = 0, seconds = Infinity) {
  const fd = openSync(file, "r");
  const head = Buffer.alloc(HEADER_BYTES);
  readSync(fd, head, 0, HEADER_BYTES, 0);
  const rate = head.readUInt32LE(24);
  const start = HEADER_BYTES + 2 * Math.round(from * rate);
  const size = Math.min(fstatSync(fd).size - start, 2 * Math.round(seconds * rate));
  const bytes = Buffer.alloc(size - (size % 2));
  readSync(fd, bytes, 0, bytes.length, start);
  closeSync(fd);
  return { rate, samples: Float32Array.from(new Int16Array(bytes.buffer, 0, bytes.length / 2), (one) => one / 32768) };
}

/** How loud it is from moment to moment: the root of the mean square of 40 ms, each 10 ms. */
export function envelope({ rate, samples }) {
  const hop = rate * HOP_S;
  const count = Math.floor(samples.length / hop) - HOPS + 1;
  return Array.from({ length: Math.max(0, count) }, (_, n) => {
    const window = samples.subarray(Math.round(n * hop), Math.round((n + HOPS) * hop));
    return Math.sqrt(window.reduce((sum, sample) => sum + sample * sample, 0) / window.length);
  });
}

/** How alike two envelopes are where they fit best, 0 to 1; *spoken* may be repeated without end. */
export function likeness(heard, spoken) {
  const lags = spoken.map((_, lag) => correlation(heard, (n) => spoken[(n + lag) % spoken.length]));
  return Math.max(0, ...lags);
}

/** Pearson's correlation of *heard* with what *spoken* gives for each place. */
function correlation(heard, spoken) {
  const sums = { x: 0, y: 0, xx: 0, yy: 0, xy: 0 };
  heard.forEach((x, n) => {
    const y = spoken(n);
    sums.x += x;
    sums.y += y;
    sums.xx += x * x;
    sums.yy += y * y;
    sums.xy += x * y;
  });
  const many = heard.length;
  const spread = (square, sum) => Math.sqrt(many * square - sum * sum);
  const both = spread(sums.xx, sums.x) * spread(sums.yy, sums.y);
  return both > 0 ? (many * sums.xy - sums.x * sums.y) / both : 0;
}
