/** One's own mute: at once in these ears, in order at the box. */

const PATIENCE_MS = 3_000;

/** `set(muted)` asks for it, `told(event)` hears what the box made of it (MuteChanged). */
export function createVoice({ api, visit, microphone }) {
  let wish = null;
  let sending = false;

  async function send() {
    if (sending) return;
    sending = true;
    while (wish !== null) {
      const muted = wish;
      wish = null;
      try {
        await api.command("SetMuted", { muted });
      } catch {
        visit.update({ wanted: null });
      }
    }
    sending = false;
    setTimeout(() => sending || visit.update({ wanted: null }), PATIENCE_MS);
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
      const byOther = by !== participant;
      if (byOther && muted) wish = null;
      if (byOther || muted === visit.me.wanted) visit.update({ wanted: null });
    },
  };
}
