/** Sheets: one dialog at a time, the page behind it inert, focus to its heading and back. */

import { attribute, el, text } from "./dom.js";
import { askSheet } from "./ask.js";
import { inAppSheet, invitedSheet, letUpSheet, noHttpsSheet, permissionSheet, refusedSheet } from "./goingup.js";
import { aboutSheet, keysSheet, menuSheet, personSheet } from "./more.js";
import { shareSheet } from "./share.js";

/** Each makes `{ title, children, update?, cancel, alert? }` of its surroundings. */
const SHEETS = {
  ask: askSheet,
  invited: invitedSheet,
  "let-up": letUpSheet,
  permission: permissionSheet,
  refused: refusedSheet,
  "no-https": noHttpsSheet,
  "in-app": inAppSheet,
  share: shareSheet,
  menu: menuSheet,
  about: aboutSheet,
  keys: keysSheet,
  person: personSheet,
};

const keyOf = (sheet, me) => (sheet === null ? null : JSON.stringify([sheet, sheet.name === "refused" ? me.mic : ""]));

export function createSheets({ layer, behind, act }) {
  let open = null;
  let shown = null;
  let opener = null;

  function close() {
    layer.replaceChildren();
    layer.hidden = true;
    behind.forEach((node) => (node.inert = false));
    const back = opener?.isConnected && !opener.hidden ? opener : document.querySelector(".dock .main");
    if (layer.dataset.focused) back?.focus({ preventScroll: true });
    open = opener = null;
  }

  function build(sheet, room, me, extra) {
    const parts = SHEETS[sheet.name]({ sheet, room, me, extra, act });
    const heading = el("h2", { id: "sheet-title", tabindex: "-1" }, parts.title);
    const refusal = el("p.missing");
    const dialog = el(
      "div.sheet",
      {
        role: parts.alert ? "alertdialog" : "dialog",
        "aria-modal": "true",
        "aria-labelledby": "sheet-title",
        "aria-describedby": parts.alert ? "sheet-text" : null,
        "data-sheet": sheet.name,
      },
      heading,
      refusal,
      ...parts.children,
    );
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation();
      parts.cancel();
    });
    return { ...parts, dialog, heading, refusal };
  }

  function show(sheet, room, me, extra) {
    if (open === null) opener = document.activeElement;
    open = build(sheet, room, me, extra);
    layer.replaceChildren(open.dialog);
    layer.hidden = false;
    behind.forEach((node) => (node.inert = true));
    layer.dataset.focused = "yes";
    open.heading.focus({ preventScroll: true });
  }

  layer.addEventListener("pointerdown", ({ target }) => {
    if (target === layer && open.lightly) open.cancel();
  });

  return {
    get open() {
      return open !== null;
    },
    render(sheet, room, me, extra) {
      const key = keyOf(sheet, me);
      if (key !== shown) {
        shown = key;
        if (sheet === null) close();
        else show(sheet, room, me, extra);
      }
      if (open) text(open.refusal, me.refusal ?? "");
      open?.update?.(room, me, extra);
      attribute(document.body, "data-sheet", sheet?.name ?? null);
    },
  };
}
