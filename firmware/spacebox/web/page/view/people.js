/** Who listens: the first faces, and how many more. */

import { audience } from "../room.js";
import { el, keyed, text, written } from "./dom.js";
import { face } from "./stage.js";

const FACES = 7;

function rest(named, unnamed) {
  const parts = [];
  if (named > 0) parts.push(`${named} more`);
  if (unnamed > 0) parts.push(`${unnamed} without a name`);
  return parts.length > 0 ? `+ ${parts.join(" and ")}` : "";
}

export function createPeople({ list, count, more }) {
  const create = (who) => {
    const name = written(who.name);
    name.classList.add("vh");
    return el("li", { title: who.name }, face(who, "xs"), name);
  };
  const update = (node, { name }) => {
    node.title = name;
    text(node.lastElementChild, name);
  };

  return function render(room) {
    if (!room) return;
    const named = audience(room);
    const words = rest(named.length - FACES, Math.max(0, room.listeners - named.length));
    text(count, String(room.listeners));
    text(more, named.length === 0 && words ? words.slice(2) : words);
    keyed(list, named.slice(0, FACES), { key: ({ id, name }) => `${id} ${name}`, create, update });
  };
}
