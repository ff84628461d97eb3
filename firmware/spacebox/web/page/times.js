/** Clocks, durations and dates in words, in the visitor's zone. PURE. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Seconds as `0:04`, `12:30` or `1:04:22`; `hours` keeps the hour even when it is 0. */
export function clock(seconds, hours = false) {
  const whole = Math.max(0, Math.floor(seconds));
  const h = Math.floor(whole / HOUR);
  const m = Math.floor((whole % HOUR) / MINUTE);
  const s = String(whole % MINUTE).padStart(2, "0");
  return h > 0 || hours ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

/** Seconds from now in words for the glass: `3 days`, `2 h 14`, `12 min`, `a moment`. */
export function until(seconds) {
  if (seconds >= 2 * DAY) return `${Math.round(seconds / DAY)} days`;
  const minutes = Math.ceil(seconds / MINUTE);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;
  return minutes > 1 ? `${minutes} min` : "a moment";
}

/** The same in a sentence, which no line break tears: `in 2 h 14 min`. */
export function inWords(seconds) {
  const text = until(seconds);
  return unbroken(/ h /.test(text) ? `in ${text} min` : `in ${text}`);
}

const unbroken = (text) => text.replaceAll(" ", "\u00a0");

/** Talk time in words: `has not spoken`, `spoke 40 s`, `spoke 3 min`. */
export function talked(seconds) {
  if (seconds < 1) return "has not spoken yet";
  const [amount, unit] = seconds < MINUTE ? [seconds, "s"] : [seconds / MINUTE, "min"];
  return unbroken(`spoke ${Math.round(amount)} ${unit}`);
}

/** `{ day: "Friday, 19:00", date: "20 November, your time (Berlin)" }` of an RFC 3339 time. */
export function when(at, zone = Intl.DateTimeFormat().resolvedOptions().timeZone) {
  const date = new Date(at);
  const part = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }).format(date);
  const city = zone?.includes("/") ? ` (${zone.split("/").at(-1).replaceAll("_", " ")})` : "";
  return {
    day: `${part({ weekday: "long" })}, ${part({ hour: "2-digit", minute: "2-digit" })}`,
    date: `${part({ day: "numeric", month: "long" })}, your time${city}`,
  };
}
