/** What a connection's SDP says of its ways (RFC 8840 and RFC 9725, section 4.3). PURE. */

const ICE = /^a=(?:ice-|candidate:|end-of-candidates)/;
const PLACE = /^(?:m=|a=mid:)/;

const lines = (sdp) => sdp.split(/\r?\n/).filter(Boolean);
const text = (kept) => kept.map((line) => `${line}\r\n`).join("");

/** What to tell the box of an offer: credentials and candidates. */
export const fragmentOf = (offer) => text(lines(offer).filter((line) => ICE.test(line) || PLACE.test(line)));

/** The answer of before, of one section, with the box's new end in it. */
export const renewed = (answer, fragment) =>
  text([...lines(answer).filter((line) => !ICE.test(line)), ...lines(fragment).filter((line) => ICE.test(line))]);
