/**
 * Choosing the Wi-Fi network that the box joins: for its host, and for whoever came by the network
 * that the box itself opened, whose key is on its glass.
 */

import { attribute, el, keyed, text, written } from "../view/dom.js";
import { sentence, UNANSWERED, WIFI } from "./words.js";

const STRONG = 60;
const FAIR = 35;

const get = (id) => document.getElementById(id);
const reach = ({ strength }) => (strength >= STRONG ? WIFI.strong : strength >= FAIR ? WIFI.fair : WIFI.weak);

/** Whether the part is there: in `state`, for a page of `host`, where the box's Wi-Fi is `wifi`. PURE. */
export function offered(state, host, wifi) {
  return wifi !== "none" && (state === "home" || (state === "pair" && host === wifi));
}

/** What to ask for: a network that nobody sees is hidden. PURE. */
export function wish(name, key, networks) {
  const hidden = !networks.some((network) => network.name === name);
  return { name, key, ...(hidden && { hidden }) };
}

export function createWifi(api, render) {
  const [section, form, name, key] = ["wifi", "wifi-form", "wifi-name", "wifi-key"].map(get);
  let seen = { networks: [], open: false, joining: "", trouble: "" };
  let there = false;
  let sent = null;
  let refusal = "";

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    refusal = "";
    await api.joinWifi(wish(name.value, key.value, seen.networks)).then(
      () => (sent = name.value),
      (error) => (refusal = error.name === "Refusal" ? sentence(error.reason) : UNANSWERED),
    );
    render();
  });

  function choose(network) {
    name.value = network;
    key.value = "";
    key.focus();
  }

  /** Look which networks there are, and how joining one went, where that is of use. */
  async function look() {
    if (!there && sent === null) return;
    const now = await api.wifi().catch(() => null); // once the box has left, nobody answers here
    if (now === null) return;
    seen = now;
    if (!now.joining) sent = null;
    render();
  }

  return {
    look,
    render(state) {
      const now = offered(state, location.hostname, document.body.dataset.wifi);
      const arrived = now && !there;
      there = now;
      section.hidden = !there && sent === null;
      form.hidden = sent !== null;
      text(get("wifi-by"), sent !== null ? WIFI.sent(sent) : seen.open ? WIFI.open : WIFI.home);
      text(get("wifi-wrong"), sent !== null ? "" : refusal || seen.trouble);
      keyed(get("nearby"), sent === null ? seen.networks : [], {
        key: (network) => network.name,
        create: (network) => row(() => choose(network.name)),
        update,
      });
      if (arrived) look();
    },
  };
}

const row = (onclick) =>
  el("li.line", {}, el("span.stacked", {}, written(""), el("small")), el("button.out", { type: "button", onclick }, WIFI.choose));

function update(node, network) {
  const [words, button] = node.children;
  text(words.firstElementChild, network.name);
  text(words.lastElementChild, [reach(network), network.secured ? WIFI.secured : WIFI.free].join(" · "));
  attribute(button, "aria-label", WIFI.chooseThis(network.name));
}
