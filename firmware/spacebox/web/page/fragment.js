/** What an ICE restart says of one's end: a fragment of SDP (RFC 8840, section 9). PURE. */

const END = /^a=(?:ice-ufrag|ice-pwd|candidate|end-of-candidates)(?::|$)/;
const ABOUT = /^(?:m=|a=mid:)/;

const linesOf = (sdp) => sdp.split(/\r?\n/).filter((line) => line !== "");
const textOf = (lines) => lines.map((line) => `${line}\r\n`).join("");

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
