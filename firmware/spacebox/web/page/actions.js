/** What each button does. Every function here begins inside the tap that caused it. */

import { Refusal } from "./api.js";
import { backoff_s } from "./peer.js";
import { NOTICE, REACTIONS } from "./words.js";
import { obstacle } from "./speak.js";

const REACTION_MS = 1_000;
const TRIES = 6;
/** What a join comes to for somebody who has left. */
const LEFT = Promise.resolve(false);

/** `goodbye(verdict)` ends the visit and lets go of everything; `say(words)` tells a screen reader. */
export function createActions({ visit, api, seat, link, listener, microphone, tabs, goodbye, say }) {
  let reactedAt = -Infinity;
  let joins = 0;
  let joining = null;

  /** The box said no to what we want to do, or nothing: say so. */
  function declined(error) {
    if (error.code === "banned") return goodbye("banned");
    if (error.status === 403) link.open();
    else link.check();
    visit.notice(sentence(error.reason), { refusal: true });
  }

  /** The box did not let us in, or let us hear: close the door that it closed. */
  function refused(error, { pin = false } = {}) {
    if (error.code === "full" && !listener.wanted) return visit.end(listener.steady ? "packed" : "full");
    if (error.code !== "forbidden") return declined(error);
    const invited = seat.invitation !== null;
    seat.invitationUsed();
    if (invited) return visit.end("used");
    const access = visit.room?.access ?? "open";
    if (access === "open") return declined(error);
    visit.end(access);
    visit.update({ pinWrong: pin ? sentence(error.reason) : null });
  }

  /**
   * Take a seat, or name the one we have: whether we have it. Waits where the box asks for patience,
   * and tries a few times where there is no answer; the last word counts, a newer join or leaving.
   */
  function join(fields = {}) {
    joins += 1;
    const mine = take(fields, joins);
    joining = mine;
    const done = () => joining === mine && (joining = null);
    mine.then(done, done);
    return mine;
  }

  async function take(fields, mine) {
    const body = seat.invitation === null ? fields : { ...fields, invite: seat.invitation };
    for (let failures = 0; mine === joins; failures += 1) {
      try {
        const got = await api.join(body);
        if (mine === joins) return took(got);
        if (joining === LEFT) await giveBack(got.token);
      } catch (error) {
        if (mine !== joins) break;
        const patient = !(error instanceof Refusal) || error.status === 429;
        if (!patient || failures + 1 === TRIES) throw error;
        await pause(Math.max(error.wait_s ?? 0, backoff_s(failures)));
      }
    }
    return joining ?? seat.token !== null;
  }

  /** Give a seat back, and see the room without it. The failure of that changes nothing. */
  async function giveBack(token) {
    await api.leave(token).catch(() => undefined);
    link.open();
  }

  function took({ participant, token }) {
    seat.token = token;
    seat.invitationUsed();
    visit.update({ pinWrong: null });
    if (visit.room?.you?.participant !== participant) link.open();
    return true;
  }

  /** Have a seat: the one we have, or are just taking. */
  function seated() {
    if (joining !== null && joining !== LEFT) return joining;
    return visit.room?.you && seat.invitation === null ? Promise.resolve(true) : join();
  }

  /** A stream needs no seat in an open Space, should there be none left. */
  function seatless(error) {
    if (error.code !== "full") throw error;
    return false;
  }

  async function command(name, fields) {
    try {
      await api.command(name, fields);
      return true;
    } catch (error) {
      declined(error);
      return false;
    }
  }

  function listenWith(ready) {
    tabs.claim();
    visit.update({ verdict: null });
    listener.start(ready).catch((error) => {
      listener.stop();
      refused(error, { pin: true });
    });
  }

  const actions = {
    declined,
    refused,
    listen() {
      if (visit.me.sound === "blocked") listener.resume();
      else listenWith(listener.steady ? seated().catch(seatless) : seated());
    },
    /** Listen by the stream, where the room has no line left. */
    stream() {
      listener.choose(true);
      actions.listen();
    },
    sound() {
      visit.update({ silent: !visit.me.silent });
    },
    pin({ pin }) {
      listenWith(join({ pin }));
    },
    claim() {
      tabs.claim();
      visit.update({ verdict: null });
      link.open();
      actions.listen();
    },
    retry() {
      link.retry();
      listener.retry();
      microphone.retry();
    },

    ask() {
      const missing = obstacle();
      if (missing) visit.update({ mic: missing });
      else visit.update({ sheet: { name: "ask" } });
    },
    /** Get into line where no microphone can be opened: one goes up by the secure page. */
    askHere: () => visit.update({ mic: "none", sheet: { name: "ask" } }),
    async send({ name, reason }) {
      try {
        seat.name = name;
        if (!(await join({ name }))) return;
      } catch (error) {
        visit.update({ sheet: null });
        return refused(error);
      }
      await command("RequestToSpeak", { reason });
      visit.update({ sheet: null });
    },
    withdraw: () => command("WithdrawRequest"),

    /** The answer to an invitation opens the microphone in the same tap. */
    accept() {
      const missing = obstacle();
      if (missing) return visit.update({ mic: missing });
      actions.hear();
      microphone.goUp(api.command("AcceptInvitation"));
    },
    declineInvitation: () => command("DeclineInvitation"),
    goUp({ name } = {}) {
      const missing = obstacle();
      if (missing) return visit.update({ mic: missing });
      actions.hear();
      visit.update({ dismissed: false });
      if (name) seat.name = name;
      microphone.goUp(name ? join({ name }) : Promise.resolve());
    },
    /** Who goes up wants to hear the stage. */
    hear() {
      if (!listener.wanted) listenWith(seated());
    },
    /** "Not now", "Stay listening": give the place back. A co-host keeps theirs. */
    async stay() {
      microphone.down();
      if (visit.room.you?.invited) return command("DeclineInvitation");
      if (visit.room.you?.role === "cohost") visit.update({ dismissed: true });
      else if (visit.needsMicrophone) await command("StepDown");
    },
    async stepDown() {
      if (await command("StepDown")) microphone.down();
    },

    async react(emoji) {
      if (performance.now() - reactedAt < REACTION_MS) return visit.notice(NOTICE.slow);
      reactedAt = performance.now();
      try {
        if (!(await seated())) return;
      } catch (error) {
        return refused(error);
      }
      const { name } = REACTIONS.find((each) => each.emoji === emoji);
      if (await command("React", { emoji })) say(NOTICE.sent(name));
    },

    open: (name, fields = {}) => visit.update({ sheet: { name, ...fields } }),
    close() {
      visit.update({ sheet: null });
      if (["http", "app"].includes(visit.me.mic)) {
        visit.update({ mic: "none" });
        actions.stay();
      }
    },
    /** Leaving by word: the box lets both connections go by itself. */
    async leave() {
      visit.update({ sheet: null });
      tabs.release();
      joins += 1;
      joining = LEFT;
      microphone.down();
      listener.stop();
      visit.leave();
      visit.notice(NOTICE.left);
      const { token } = seat;
      seat.token = null;
      await giveBack(token);
    },
  };

  return actions;
}

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** A reason of the box as a sentence of the page; without one there was no answer. */
const sentence = (reason) => (reason ? `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.` : NOTICE.unanswered);
