/** One's end of a connection in SDP, and what an ICE restart says of it (RFC 8840, section 9). PURE. */

const TAKEN = 10;
const ADDRESS = /^a=candidate:\S+ 1 udp \S+ (?!\S+\.local )/i;

const END = /^a=(?:ice-ufrag|ice-pwd|candidate|end-of-candidates)(?::|$)/;
const ABOUT = /^(?:m=|a=mid:)/;

const linesOf = (sdp) => sdp.split(/\r?\n/).filter((line) => line !== "");
const textOf = (lines) => lines.map((line) => `${line}\r\n`).join("");

/**
 * A description with as many addresses as a box takes. Of a machine with many networks those go that
 * are its own: a box finds them by itself.
 */
export function withFewAddresses(sdp) {
  const lines = linesOf(sdp);
  const told = lines.filter((line) => ADDRESS.test(line));
  const [own, outside] = [true, false].map((host) => told.filter((line) => / typ host\b/.test(line) === host));
  const beyond = new Set([...outside, ...own].slice(TAKEN));
  return textOf(lines.filter((line) => !beyond.has(line)));
}

/** The end of a description with one section: its credentials and candidates. */
export function fragmentOf(sdp) {
  const lines = linesOf(sdp).filter((line) => END.test(line) || ABOUT.test(line));
  const first = lines.filter((line) => line.startsWith("a=ice-"));
  return textOf([...first, ...lines.filter((line) => !first.includes(line))]);
}

/** A description with one section, as it is once its end has become that of the fragment. */
export function withEnd(sdp, fragment) {
  const kept = linesOf(sdp).filter((line) => !END.test(line));
  return textOf([...kept, ...linesOf(fragment).filter((line) => END.test(line))]);
}
