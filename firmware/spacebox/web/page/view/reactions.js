/** Reactions: the tray that sends them, and how they float up along the edge. */

import { attribute, el, text } from "./dom.js";
import { REACTIONS } from "../words.js";

const FLOAT_MS = 1_600;
const AT_ONCE = 12;

export function createReactions({ tray, opener, floats, act }) {
  const more = el("span.more", { hidden: true });
  let flying = 0;
  let uncounted = 0;
  floats.append(more);

  tray.append(
    ...REACTIONS.map(({ emoji, name }) =>
      el("button", { type: "button", "aria-label": name, onclick: () => act("react-with", emoji) }, emoji),
    ),
  );
  tray.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    show(false);
    opener.focus();
  });

  function show(open) {
    tray.hidden = !open;
    attribute(opener, "aria-expanded", opener.hidden ? null : String(open));
  }

  function landed(node) {
    node.remove();
    flying -= 1;
    if (flying > 0) return;
    uncounted = 0;
    more.hidden = true;
  }

  return {
    toggle: () => show(tray.hidden),
    /** Where there is no React button, there is no tray either. */
    render(possible, keys) {
      show(possible && !tray.hidden);
      [...tray.children].forEach((button, n) => attribute(button, "aria-keyshortcuts", keys ? n + 1 : null));
    },
    float(emoji) {
      if (flying >= AT_ONCE) {
        uncounted += 1;
        text(more, `+${uncounted}`);
        more.hidden = false;
        return;
      }
      flying += 1;
      const node = el(`span.float.lane${flying % 4}`, {}, emoji);
      floats.append(node);
      setTimeout(landed, FLOAT_MS, node);
    },
  };
}
