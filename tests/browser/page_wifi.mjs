/** The Wi-Fi part of the set-up page: who is offered it, and what is asked for. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { load } from "./page_sample.mjs";

const { offered, wish } = await load("setup/wifi.js");

describe("the Wi-Fi of the box", () => {
  it("is its host's to choose, and theirs who came by the network that it opened", () => {
    assert.equal(offered("home", "attic.local", "closed"), true);
    assert.equal(offered("pair", "attic.local", "closed"), false);
    assert.equal(offered("pair", "10.42.0.1", "10.42.0.1"), true);
    assert.equal(offered("pair", "attic.local", "10.42.0.1"), false);
  });

  it("is nobody's on a box without one, nor while something else goes on", () => {
    assert.equal(offered("home", "attic.local", "none"), false);
    for (const state of ["opening", "there", "joining", "hosting", "gone"]) {
      assert.equal(offered(state, "10.42.0.1", "10.42.0.1"), false, state);
    }
  });

  it("takes a name that nobody sees for that of a hidden network", () => {
    const networks = [{ name: "Küche", strength: 80, secured: true }];
    assert.deepEqual(wish("Küche", "a long one", networks), { name: "Küche", key: "a long one" });
    assert.deepEqual(wish("Attic", "", networks), { name: "Attic", key: "", hidden: true });
  });
});
