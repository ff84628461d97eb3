/** The dark strip on top: what the box's own screen says. */

import { attribute, text } from "./dom.js";

const inWords = ({ word, end, recording, listeners }) =>
  [
    word.charAt(0) + word.slice(1).toLowerCase(),
    recording ? "recording" : "",
    listeners === undefined ? (end ?? "") : `${listeners} listening`,
  ]
    .filter(Boolean)
    .join(", ");

export function createGlass(root) {
  const part = (name) => root.querySelector(`[data-part=${name}]`);
  const [word, clock, rec, end, ear, count] = ["word", "clock", "rec", "end", "ear", "count"].map(part);

  return function render(glass) {
    const live = glass.listeners !== undefined;
    // The clock is not in the label: it would be told again each second.
    attribute(root, "aria-label", inWords(live ? glass : { ...glass, end: glass.clock ? "" : undefined }));
    text(word, glass.word);
    text(clock, glass.clock ?? "");
    clock.hidden = !glass.clock;
    rec.hidden = !glass.recording;
    end.hidden = !live && !glass.end;
    attribute(ear, "hidden", !live);
    end.classList.toggle("dim", !live);
    text(count, live ? String(glass.listeners) : (glass.end ?? ""));
  };
}
