/** Title and hosts: "with Mira Okafor and Tomás Rivera". */

import { el, text, written } from "./dom.js";
import { stage } from "../room.js";

/** The hosts' names as nodes. */
export function withHosts(room) {
  const cohosts = stage(room).filter(({ role }) => role === "cohost");
  const host = el("b", {}, written(room.host));
  if (cohosts.length === 0) return ["with ", host];
  const names = cohosts.flatMap(({ name }, n) => [n === cohosts.length - 1 ? " and " : ", ", written(name)]);
  return ["with ", host, ...names];
}

export function createHead({ title, by, topics }) {
  let told = "";

  return function render(room) {
    if (!room) return;
    text(title, room.title);
    const news = JSON.stringify([room.host, stage(room).map(({ name, role }) => [name, role]), room.topics]);
    if (news === told) return;
    told = news;
    by.replaceChildren(...withHosts(room));
    topics.hidden = room.topics.length === 0;
    topics.replaceChildren(...room.topics.map((topic) => written(topic, "li")));
  };
}
