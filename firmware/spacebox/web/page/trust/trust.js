/** Opens the list for the device that this is. */

const ANDROID = /Android/;
const APPLE = /iPhone|iPad/;

/** The `data-device` that goes with a browser. PURE. */
export function deviceOf({ userAgent, maxTouchPoints = 0 }) {
  if (ANDROID.test(userAgent)) return "android";
  // An iPad says that it is a Mac; no Mac has a touch screen.
  if (APPLE.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1)) return "apple";
  if (/Firefox/.test(userAgent)) return "firefox";
  if (/Macintosh/.test(userAgent)) return "mac";
  return /Windows/.test(userAgent) ? "windows" : "linux";
}

const own = globalThis.document?.querySelector(`[data-device="${deviceOf(navigator)}"]`);
if (own) {
  own.open = true;
  own.parentNode.insertBefore(own, own.parentNode.querySelector("details"));
}
