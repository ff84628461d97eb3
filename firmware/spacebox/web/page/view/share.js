/** The share sheet: the link as text that can be selected, always; the rest where it exists. */

import { el, text } from "./dom.js";
import { button } from "./controls.js";
import { SHEET } from "../words.js";

/** The link to hand on: the box's own address, which the server writes into the page. */
export function shareLink() {
  return document.querySelector('link[rel="canonical"]')?.href || location.origin + location.pathname;
}

/** The link as text that can be selected. */
export function linkField() {
  const link = el("input.link", { type: "text", readonly: true, value: shareLink(), "aria-label": SHEET.share.link });
  link.addEventListener("focus", () => link.select());
  return link;
}

/** A button that copies the link inside the tap, or null where there is no clipboard. */
export function copyButton() {
  if (!navigator.clipboard) return null;
  const { copy, copied } = SHEET.share;
  const node = button("out", copy, write, "copy");
  function write() {
    navigator.clipboard.writeText(shareLink()).then(
      () => text(node, copied),
      () => node.remove(),
    );
  }
  return node;
}

export function shareSheet({ room, act }) {
  const words = SHEET.share;
  const copy = copyButton();
  const data = { title: room.title, url: shareLink() };
  const send = navigator.share
    ? button("ink", words.send, () => navigator.share(data).catch(() => undefined), "share")
    : null;
  return {
    title: words.title,
    children: [
      el("img.qr", { src: "/qr.svg", alt: words.qr, width: "200", height: "200" }),
      linkField(),
      ...(copy || send ? [el(copy && send ? "div.two" : "div.one", {}, copy, send)] : []),
      button("wide.quiet", SHEET.close, () => act("close")),
    ],
    cancel: () => act("close"),
    lightly: true,
  };
}
