/**
 * The microphone button's manners, the same as those of the box's MUTE: it acts on the press and
 * decides on the release. Muted: a press opens at once; a tap leaves it open, a hold was a talk
 * key. Open: a press mutes at once; a tap leaves it muted, a hold was a cough. PURE: the caller
 * brings the time.
 */

export const TAP_MS = 350;

/**
 * `setMuted(muted)` is called for each change that the person asks for.
 * `overrule()` tells that somebody else muted: a release afterwards never opens the microphone.
 */
export function createPress(setMuted) {
  let down = null;

  function press(muted, now) {
    if (down) return;
    down = { muted, at: now, overruled: false };
    setMuted(!muted);
  }

  function release(now) {
    if (!down) return;
    const { muted, at, overruled } = down;
    down = null;
    if (now - at < TAP_MS) return;
    if (muted || !overruled) setMuted(muted);
  }

  return {
    press,
    release,
    /** A press and its release in one, as a keyboard or a screen reader does it. */
    tap(muted) {
      if (down) return;
      press(muted, 0);
      release(0);
    },
    overrule() {
      if (down) down.overruled = true;
    },
  };
}
