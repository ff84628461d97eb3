/** One's own mute: at once in these ears, in order at the box. */

import { backoff_s } from "./peer.js";
import { isLive, onStage } from "./room.js";
import { NOTICE } from "./words.js";

const PATIENCE_S = 3;

/**
 * `set(muted)` asks for it, `told(event)` hears what the box made of it (MuteChanged), `drop()`
 * forgets what was asked for. Whatever is unsure is muted: a mute stays wanted, and is sent
 * again, until the room shows it; an unmute that fails becomes a mute, with a word about it.
 */
export function createVoice({ api, visit, microphone }) {
  let wish = null;
  let sending = false;
  let failures = 0;
  let timer = 0;

  async function send() {
    clearTimeout(timer);
    if (sending) return;
    sending = true;
    let wait_s = PATIENCE_S;
    while (wish !== null) {
      const muted = wish;
      wish = null;
      try {
        await api.command("SetMuted", { muted });
        failures = 0;
      } catch (error) {
        wait_s = Math.max(error.wait_s ?? 0, backoff_s(failures));
        failures += 1;
      }
    }
    sending = false;
    if (failures > 0 && visit.me.wanted === false) close();
    timer = setTimeout(settle, wait_s * 1000);
  }

  /** The box did not open the microphone: then it is closed here too. */
  function close() {
    microphone.setOpen(false);
    visit.update({ wanted: true });
    visit.notice(NOTICE.notOpened);
  }

  /** After a while of silence: the room shows what was asked for, or the box is told once more. */
  function settle() {
    const { wanted } = visit.me;
    const { room } = visit;
    if (wanted === null) return;
    if (!room?.you || !onStage(room.you) || !isLive(room)) return drop();
    if (failures === 0 && wanted === room.you.muted) return drop();
    if (!wanted) close();
    wish = true;
    send();
  }

  function drop() {
    clearTimeout(timer);
    wish = null;
    failures = 0;
    visit.update({ wanted: null });
  }

  return {
    set(muted) {
      microphone.setOpen(!muted);
      visit.update({ wanted: muted });
      wish = muted;
      send();
    },
    told({ participant, muted, by }) {
      if (participant !== visit.room.you?.participant) return;
      const overruled = muted && by !== participant;
      const confirmed = muted === visit.me.wanted && !sending && failures === 0;
      if (overruled || confirmed) drop();
    },
    drop,
  };
}
