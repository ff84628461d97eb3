/** The sheet that asks to speak: one's name, and optionally a line for the host. */

import { attribute, el, text } from "./dom.js";
import { button, field, note, two } from "./controls.js";
import { hostName, you } from "../state.js";
import { SHEET } from "../words.js";

const REASON_LENGTH = 60;
const NAME_LENGTH = 64;

export function askSheet({ room, extra, act }) {
  const words = SHEET.ask;
  const host = hostName(room);
  const count = el("span.count", {}, `0 / ${REASON_LENGTH}`);
  const known = you(room)?.name || extra.name;
  const name = field(words.name, {
    value: known,
    autocomplete: "nickname",
    maxlength: NAME_LENGTH,
    required: true,
    "aria-describedby": "name-missing",
    dir: "auto",
  });
  const optional = el("span.muted.thin", {}, ` ${words.optional}`);
  const reason = field(words.why, { maxlength: REASON_LENGTH, dir: "auto" }, el("span.aside", {}, optional, count));
  const missing = el("p.missing", { id: "name-missing", role: "status" });
  reason.input.addEventListener("input", () => text(count, `${reason.input.value.length} / ${REASON_LENGTH}`));

  const send = el("button.amb", { type: "submit" });
  send.append(...button("amb", words.send, () => undefined, "hand").childNodes);
  const form = el(
    "form.stack",
    { novalidate: true },
    name.node,
    missing,
    reason.node,
    note("mic-off", words.note(host)),
    two(
      button("out", SHEET.notNow, () => act("close")),
      send,
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = name.input.value.trim();
    attribute(name.input, "aria-invalid", said ? null : "true");
    text(missing, said ? "" : words.noName);
    if (!said) return name.input.focus();
    if (send.getAttribute("aria-disabled")) return;
    attribute(send, "aria-disabled", "true");
    act("send", { name: said, reason: reason.input.value.trim() });
  });
  return { title: words.title(host), children: [form], cancel: () => act("close") };
}
