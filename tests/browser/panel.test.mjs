/** The box on `/panel`: its glass and lamps are live, and its buttons are pressed by whatever one has. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Guest, launch, spacebox, URL_ } from "./look.mjs";

const at = { url: `${URL_}/panel` };
let browser;
let host;

const space = async () => JSON.parse(await spacebox("status", "--json"));
const mic = async () => (await space()).on_air.mic;
const lamp = (name) => host.page.getAttribute(`#${name}`, "aria-label");
const button = (name) => host.page.getByRole("button", { name, exact: true });
const glass = () => host.page.evaluate(() => document.querySelector("canvas").toDataURL());

/** Wait until *check* gives *wanted*. */
async function becomes(check, wanted) {
  let found;
  for (const end = Date.now() + 15_000; Date.now() < end; ) {
    found = await check();
    if (found === wanted) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.equal(found, wanted);
}

before(async () => {
  browser = await launch();
  host = await Guest.arrive(browser, at);
  await host.page.waitForSelector("body[data-line=open]");
});
after(() => browser.close());

test("it looks like the box, in both themes and at all sizes", async () => {
  await becomes(() => lamp("on_air"), "On air: off");
  await host.look("panel-idle");
  const night = await Guest.arrive(browser, { ...at, colorScheme: "dark" });
  await night.page.waitForSelector("body[data-line=open]");
  await night.look("panel-idle-dark");
  await night.leave();
});

const TURNED = [
  { width: 844, height: 390 },
  { width: 667, height: 375 },
  { width: 568, height: 320 },
];

test("a phone that is turned shows lamps, glass and buttons at once, and whose link it is", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const turned = await Guest.arrive(browser, { ...at, colorScheme });
    await turned.page.waitForSelector("body[data-line=open]");
    for (const size of TURNED) {
      await turned.look(`panel-turned-${colorScheme}`, [size]);
      await turned.page.setViewportSize(size);
      for (const part of [".lamp", "#glass", ".keys button", ".legend a"]) {
        for (const one of await turned.page.locator(part).all()) {
          const { x, y, width, height } = await one.boundingBox();
          const inside = x >= 0 && y >= 0 && x + width <= size.width && y + height <= size.height;
          assert.ok(inside, `${part} is not whole at ${size.width} × ${size.height}`);
        }
      }
      const wide = (await turned.page.locator("#glass").boundingBox()).width;
      assert.equal(wide % 128, 0, "a pixel of the glass is a whole number of the page's");
    }
    await turned.leave();
  }
});

/** Whether the page's glass is, pixel for pixel, what `spacebox screen` writes to a file. */
async function isTrue() {
  const file = join(process.env.SCRATCH ?? tmpdir(), "glass.png");
  await spacebox("screen", "--png", file);
  return host.page.evaluate(async (png) => {
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    const drawn = new OffscreenCanvas(128, 64).getContext("2d");
    drawn.drawImage(image, 0, 0);
    const lit = (context) => {
      const { data } = context.getImageData(0, 0, 128, 64);
      return data.filter((_, n) => n % 4 === 0).map((red) => Number(red > 127)).join("");
    };
    const shown = lit(document.querySelector("canvas").getContext("2d"));
    return shown.includes("1") && shown === lit(drawn);
  }, readFileSync(file, "base64"));
}

test("the glass is the box's own, pixel for pixel", async () => {
  await becomes(isTrue, true);
  const size = await host.page.locator("canvas").boundingBox();
  assert.equal(size.width % 128, 0, "a pixel of the glass is a whole number of the page's");
});

test("MUTE held by a key goes live, and one key is one press however long it repeats", async () => {
  const idle = await glass();
  await host.page.keyboard.down("m");
  await host.page.keyboard.down("m");
  await becomes(async () => (await space()).state, "live");
  assert.notEqual(await glass(), idle);
  await host.page.keyboard.up("m");
  assert.equal(await mic(), "muted");
});

test("a click is a tap, and the lamp says that nobody hears", async () => {
  await button("MUTE").click();
  await becomes(mic, "open");
  await becomes(() => lamp("on_air"), "On air: lit");
  await host.look("panel-live");
});

test("the mouse holds, and lets go wherever it is then", async () => {
  await button("MUTE").hover();
  await host.page.mouse.down();
  await becomes(mic, "muted");
  assert.equal(await host.page.locator(".down").count(), 1);
  await host.page.waitForTimeout(400); // a cough is longer than a tap
  await host.page.mouse.move(0, 0);
  await host.page.mouse.up();
  await becomes(mic, "open");
  assert.equal(await host.page.locator(".down").count(), 0);
});

test("what is held is let go when the window loses the keys", async () => {
  await host.page.keyboard.down("m");
  await becomes(mic, "muted");
  await host.page.waitForTimeout(400);
  await host.page.evaluate(() => dispatchEvent(new Event("blur")));
  await becomes(mic, "open");
  await host.page.keyboard.up("m");
});

test("what is held is let go when the page is closed", async () => {
  const other = await Guest.arrive(browser, at);
  await other.page.waitForSelector("body[data-line=open]");
  await other.page.keyboard.down("m");
  await becomes(mic, "muted");
  await other.page.waitForTimeout(400);
  await other.leave();
  await becomes(mic, "open");
});

test("a focused button is held by the space bar, and a click by an assistant taps it", async () => {
  await button("MUTE").focus();
  await host.page.keyboard.down(" ");
  await becomes(mic, "muted");
  await host.page.waitForTimeout(400);
  await host.page.keyboard.up(" ");
  await becomes(mic, "open");
  await button("MUTE").evaluate((one) => one.click());
  await becomes(mic, "muted");
});

test("two fingers press two buttons at once", async () => {
  const touched = await Guest.arrive(browser, { ...at, hasTouch: true });
  await touched.page.waitForSelector("body[data-line=open]");
  const points = await Promise.all(
    ["MUTE", "APPROVE"].map(async (name) => {
      const { x, y, width, height } = await touched.page.getByRole("button", { name, exact: true }).boundingBox();
      return { x: x + width / 2, y: y + height / 2 };
    }),
  );
  const wire = await touched.page.context().newCDPSession(touched.page);
  const touch = (type, touchPoints) => wire.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", points.slice(0, 1));
  await touch("touchStart", points);
  await becomes(() => touched.page.locator(".down").count(), 2);
  await becomes(mic, "open");
  await touched.page.waitForTimeout(400); // longer than a tap, which would turn the screen
  await touch("touchEnd", []);
  await becomes(() => touched.page.locator(".down").count(), 0);
  await touched.leave();
});

test("the amber lamp says that somebody waits, and APPROVE lets them in", async () => {
  const ana = await Guest.arrive(browser);
  await ana.is("arrive");
  await ana.main();
  await ana.is("listening");
  await ana.main();
  await ana.page.fill(".sheet input >> nth=0", "Ana Wanjiru");
  await ana.page.fill(".sheet input >> nth=1", "Hears it on 4G: what happens at 5% loss?");
  await ana.press("Ask");
  await ana.is("waiting");
  await becomes(() => lamp("request"), "Request: lit");
  await host.page.waitForTimeout(1_000); // a card that has just come takes no press for 0.7 s
  await host.look("panel-request");
  await host.page.keyboard.press("a");
  await ana.is("let-up");
  await becomes(() => lamp("request"), "Request: off");
  await ana.leave();
});

test("END held powers the box off, and the page says that it is gone and holds nothing", async () => {
  await spacebox("end", "--now");
  await becomes(async () => (await space()).state, "idle");
  await host.page.keyboard.down("e");
  await host.says("The box does not answer. We keep trying.");
  assert.equal(await host.page.locator(".down").count(), 0);
  await host.look("panel-lost");
});
