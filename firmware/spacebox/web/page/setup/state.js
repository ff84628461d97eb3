/**
 * What the set-up page shows: from the box's snapshot and from how long ago it came. PURE.
 *
 * A snapshot with the field `parting` was made for the host: this browser is paired.
 */

import { hostName } from "../state.js";
import { isLive, onStage, person, place, speakerCount, stage } from "../room.js";
import { CONTROL, GLASS, HOME, LINE } from "./words.js";

/** Which part of the page is there. `space` is the snapshot or null; `up`: the box answers. */
export function situation(space, up) {
  if (!up) return "gone";
  if (space === null) return "opening";
  if (space.parting === undefined) return "pair";
  if (space.guest !== null) return space.guest.link;
  return space.state === "idle" ? "home" : "hosting";
}

/** What we are in the room there: listening, waiting, invited, muted, live or unheard. */
export function voice(space) {
  const { you, guest } = space;
  const me = you && (person(space, you.participant) ?? you);
  if (me && onStage(me)) return guest.muted ? "muted" : guest.heard ? "live" : "unheard";
  if (you?.invited) return "invited";
  return place(space) > 0 ? "waiting" : "listening";
}

/** Everything that changes on the page; `age_s` is how old the snapshot is. */
export function describe(space, up, age_s) {
  const state = situation(space, up);
  const there = state === "there" ? voice(space) : null;
  const open = there === "live" || there === "unheard";
  const can = (ability) => there !== null && space.guest.abilities.includes(ability);
  return {
    state,
    voice: there,
    air: open ? "on" : state === "lost" ? "lost" : "off",
    word: open ? GLASS.air : GLASS[state],
    warn: there === "unheard" || state === "lost",
    line: space?.guest ? line(space, state, there, age_s) : "",
    controls: there === null ? [] : controls(space, there, can("ask")),
    reacts: can("react"),
    sees: can("see"),
    home: home(space, state),
  };
}

function line(space, state, there, age_s) {
  const { where, trouble, again_s } = space.guest;
  if (state === "joining") return LINE.joining(where);
  if (there === null) return LINE.lost(trouble, again_s === null ? null : Math.max(0, Math.ceil(again_s - age_s)));
  if (there === "waiting") return LINE.waiting(place(space));
  return there === "invited" ? LINE.invited(hostName(space)) : LINE[there];
}

const ASK = { name: "RequestToSpeak", label: CONTROL.ask, picture: "hand", tone: "amb" };
const BACK = { name: "WithdrawRequest", label: CONTROL.back, picture: "hand", tone: "out" };
const ACCEPT = { name: "AcceptInvitation", label: CONTROL.accept, picture: "mic", tone: "amb" };
const REFUSE = { name: "DeclineInvitation", label: CONTROL.refuse, picture: null, tone: "out" };
const MUTE = { name: "SetMuted", fields: { muted: true }, label: CONTROL.mute, picture: "mic", tone: "red" };
const UNMUTE = { name: "SetMuted", fields: { muted: false }, label: CONTROL.unmute, picture: "mic-off", tone: "out" };
const DOWN = { name: "StepDown", label: CONTROL.down, picture: "down", tone: "out" };

/** The buttons, the next thing to do first; `asks`: the room has a queue and a stage to leave. */
function controls(space, there, asks) {
  if (there === "listening") return asks && isLive(space) ? [ASK] : [];
  if (there === "waiting") return [BACK];
  if (there === "invited") return [ACCEPT, REFUSE];
  const main = { muted: UNMUTE, live: MUTE, unheard: { ...MUTE, tone: "amb" } }[there];
  return asks ? [main, DOWN] : [main];
}

function home(space, state) {
  if (state === "hosting") return HOME.hosting;
  const parting = space?.parting;
  return parting ? `${parting.heading}. ${parting.text}` : HOME.rest;
}

/** Who runs the room there and where it is; either may be empty. */
export const whose = ({ host, guest: { where, abilities } }) => ({
  host: abilities.includes("see") ? host : "",
  where,
});

/** Who is on stage there, the hosts first, and how many speakers of how many. */
export const onStageThere = (space) => ({
  people: stage(space),
  count: `${speakerCount(space)} of ${space.stage.limit}`,
});
