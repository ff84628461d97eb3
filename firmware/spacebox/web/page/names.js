/** Names as the page draws them: initials, short forms, a colour each. PURE. */

const SEAT_COLOURS = 8;

const segmenter = typeof Intl.Segmenter === "function" ? new Intl.Segmenter() : null;

function firstGrapheme(word) {
  if (!segmenter) return [...word][0] ?? "";
  for (const { segment } of segmenter.segment(word)) return segment;
  return "";
}

/** Whether the script of this text has capitals: only then do two initials read as initials. */
const hasCapitals = (text) => text.toLocaleUpperCase() !== text.toLocaleLowerCase();

/** First grapheme of the first and of the last word; one grapheme for scripts without capitals. */
export function initials(name) {
  const words = name.split(/\s+/u).filter((word) => /[\p{L}\p{Extended_Pictographic}]/u.test(word));
  if (words.length === 0) return firstGrapheme(name.trim());
  const first = firstGrapheme(words[0]);
  const last = words.length > 1 ? firstGrapheme(words.at(-1)) : "";
  return hasCapitals(first) && hasCapitals(last) ? (first + last).toLocaleUpperCase() : first.toLocaleUpperCase();
}

/** The first name where the script has capitals and nobody among `others` shares it, else all. */
export function shortName(name, others = []) {
  const first = name.split(/\s+/u)[0];
  const shared = others.some((other) => other !== name && other.split(/\s+/u)[0] === first);
  return shared || !hasCapitals(first) ? name : first;
}

/** A seat's colour, 0 to 7, the same on every page (FNV-1a over the id). */
export function colour(id) {
  let hash = 0x811c9dc5;
  for (const char of id) hash = Math.imul(hash ^ char.codePointAt(0), 0x01000193) >>> 0;
  return hash % SEAT_COLOURS;
}
