/** Single keys for the whole page; they can be switched off, and the choice is remembered. */

const STORE = "spacebox.keys";

/** Which key works which control, as `aria-keyshortcuts` names them. */
export const SHORTCUTS = { microphone: "M", ask: "R", withdraw: "R", listen: "L", stream: "L", sound: "L" };

const isControl = (element) => element?.closest?.("button, a, input, textarea, select, summary, [role=dialog]");
const isField = (element) => element?.closest?.("input, textarea, select, [contenteditable]");

function stored() {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    return true;
  }
}

/**
 * `onKey(key)` for a letter or digit, `onTalk(down)` for the space bar, held only where no control
 * has the focus; never while typing, with a modifier, or while `busy()` (a sheet is open).
 */
export function createKeys({ busy, onKey, onTalk }) {
  let on = stored();
  let talking = false;

  addEventListener("keydown", (event) => {
    if (!on || busy() || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.key === " " && !isControl(event.target)) {
      event.preventDefault();
      talking = true;
      onTalk(true);
    } else if (!isField(event.target) && /^[a-z1-6?]$/i.test(event.key)) {
      onKey(event.key.toLowerCase());
    }
  });
  addEventListener("keyup", (event) => {
    if (event.key === " " && talking) {
      talking = false;
      onTalk(false);
    }
  });

  return {
    get on() {
      return on;
    },
    set on(value) {
      on = value;
      try {
        localStorage.setItem(STORE, value ? "on" : "off");
      } catch {
        // Without storage the choice holds for this visit.
      }
    },
  };
}
