/** What the page asks of its device: silent switch, screen, media keys. Each may be missing. */

import { isLive } from "./room.js";

const ON_STAGE = new Set(["permission", "stage-muted", "stage-live", "muted-by-host", "unheard"]);

/** Call what may not exist or may not be allowed here: then the page does without. */
async function perhaps(action) {
  try {
    return await action();
  } catch {
    return null;
  }
}

export function createSurroundings() {
  let lock = null;
  let locking = false;
  let title = null;
  let warned = false;

  async function keepAwake(wanted) {
    const held = lock !== null && !lock.released;
    if (locking || wanted === held || (wanted && document.hidden)) return;
    locking = true;
    if (wanted) {
      lock = await perhaps(() => navigator.wakeLock.request("screen"));
    } else {
      await perhaps(() => lock.release());
      lock = null;
    }
    locking = false;
  }

  return {
    /**
     * Before a microphone opens the session must allow capture; before and after, sound ignores a
     * phone's silent switch.
     */
    reflect({ room, state, listening }) {
      const staged = ON_STAGE.has(state);
      if (navigator.audioSession && listening) {
        navigator.audioSession.type = staged ? "play-and-record" : "playback";
      }
      if (navigator.wakeLock) keepAwake(staged);
      if (!navigator.mediaSession || !listening || !room || !isLive(room)) return;
      if (title === room.title) return;
      title = room.title;
      navigator.mediaSession.metadata = new MediaMetadata({
        title,
        artist: room.host,
        artwork: [{ src: "/cover.png" }],
      });
    },
    /** An open microphone moves the sound of many phones to the earpiece: say so, once. */
    earpiece(warn) {
      if (warned || !/iPhone|Android/.test(navigator.userAgent)) return;
      warned = true;
      warn();
    },
    /** `handlers` by the names of Media Session actions. */
    onAction(handlers) {
      for (const [name, handler] of Object.entries(handlers)) {
        perhaps(() => navigator.mediaSession.setActionHandler(name, handler));
      }
    },
  };
}
