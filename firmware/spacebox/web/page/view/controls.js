/** Buttons, fields and notes, as the sheets share them. */

import { el, icon } from "./dom.js";

/** A button of a sheet; `picture` is the name of an icon, or null. */
export const button = (kind, words, onclick, picture = null) =>
  el(`button.${kind}`, { type: "button", onclick }, picture && icon(picture), words);

/** Two of equal width beside each other. */
export const two = (...buttons) => el("div.two", {}, ...buttons);

/** A quiet line with an icon before it. */
export const note = (picture, ...words) => el("p.note", {}, icon(picture), el("span", {}, ...words));

/** A labelled line of text: `{ node, input }`. `aside` stands at the end of the label. */
export function field(words, properties, aside = null) {
  const input = el("input", { type: "text", ...properties });
  return { node: el("label.f", {}, el("span.lab", {}, words, aside), input), input };
}
