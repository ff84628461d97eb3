/** The stage: a seat for each who may be heard, with a dial around it that grows with the sound. */

import { attribute, clone, el, keyed, text } from "./dom.js";
import { colour, initials, shortName } from "../names.js";
import { isLive, onStage, place, speakerCount, stage } from "../room.js";
import { muted, you } from "../state.js";
import { ordinal, ROLES, VOICES } from "../words.js";

const FREE = "free chair";

function voiceOf(who) {
  if (!who.connected && who.role !== "host") return "away";
  if (who.muted) return "muted";
  return who.speaking ? "speaking" : "open";
}

export function createStage({ list, count, act }) {
  let mine = null;

  function create(seat) {
    if (seat.key === FREE) return clone("free-chair");
    const node = clone("seat");
    node.firstElementChild.addEventListener("click", () => act("person", seat.id));
    return node;
  }

  function updateFree(node, { place }) {
    text(node.querySelector(".name"), place > 0 ? ordinal(place) : "You?");
  }

  function update(node, seat) {
    if (seat.key === FREE) return updateFree(node, seat);
    const voice = voiceOf(seat);
    if (seat.self) mine = node;
    node.classList.toggle("you", seat.self);
    attribute(node, "data-voice", voice);
    attribute(node, "data-role", seat.role);
    const face = node.querySelector(".av");
    face.className = `av c${colour(seat.id)}`;
    text(face, initials(seat.name));
    node.querySelector(".badge.box").classList.toggle("none", seat.role !== "host");
    node.querySelector(".badge.off").classList.toggle("none", voice !== "muted");
    text(node.querySelector(".name"), seat.self ? "You" : seat.short);
    text(node.querySelector(".role"), ROLES[seat.role]);
    text(node.querySelector(".vh"), VOICES[voice]);
  }

  function seats(room, me) {
    const self = you(room);
    const people = stage(room);
    const names = people.map(({ name }) => name);
    const seated = people.map((who) => ({
      ...who,
      key: who.id,
      self: who.id === self?.id,
      muted: who.id === self?.id ? muted(room, me) : who.muted,
      short: shortName(who.name, names),
    }));
    const chair = room.stage.queue_open && !(self && onStage(self));
    return chair ? [...seated, { key: FREE, place: place(room) }] : seated;
  }

  return {
    render(room, me) {
      if (!room || !isLive(room)) return;
      mine = null;
      text(count, `${speakerCount(room)} of ${room.stage.limit}`);
      keyed(list, seats(room, me), { key: ({ key }) => key, create, update });
    },
    level: (share) => list.style.setProperty("--lvl", share.toFixed(2)),
    ownLevel: (share) => mine?.style.setProperty("--lvl", share.toFixed(2)),
  };
}

/** A small round face, for lists. */
export const face = ({ id, name }, size) =>
  el(`span.av.${size}.c${colour(id)}`, { "aria-hidden": "true" }, initials(name));
