/** A guest's browser under test: opens pages, looks at them, and keeps what went wrong. */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 800 };

export const SHOTS = process.env.SHOTS ?? mkdtempSync(join(tmpdir(), "spacebox-shots-"));
mkdirSync(SHOTS, { recursive: true });

/** The address of a running box; its command line is asked on the same box. */
export const URL_ = process.env.SPACEBOX_URL;

const run = promisify(execFile);

/** `spacebox(...arguments)`: one command of the box's own command line. */
export async function spacebox(...args) {
  const { stdout } = await run(process.env.SPACEBOX ?? "spacebox", args);
  return stdout;
}

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      "--autoplay-policy=no-user-gesture-required",
      "--disable-background-networking",
    ],
  });

/** The browser's question for the microphone, which the test answers when it likes. */
const QUESTION = () => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wish) => {
    const answer = await new Promise((resolve) => addEventListener("answer", resolve, { once: true }));
    if (answer.detail !== "Allow") throw new DOMException(answer.detail, answer.detail);
    return real(wish);
  };
};

const RIGHT_TO_LEFT = () =>
  addEventListener("DOMContentLoaded", () => document.documentElement.setAttribute("dir", "rtl"));

export const answer = (page, detail) =>
  page.evaluate((said) => dispatchEvent(new CustomEvent("answer", { detail: said })), detail);

/** One person: a context of their own, and a page whose every complaint is kept. */
export class Guest {
  constructor(page, complaints) {
    this.page = page;
    this.complaints = complaints;
  }

  static async arrive(browser, { url = URL_, rtl = false, asked = false, ...options } = {}) {
    const context = await browser.newContext({ viewport: PHONE, ...options });
    if (asked) await context.addInitScript(QUESTION);
    if (rtl) await context.addInitScript(RIGHT_TO_LEFT);
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(`${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => complaints.push(error.stack));
    await page.goto(url);
    return new Guest(page, complaints);
  }

  /** Wait until the page is in this state. */
  async is(state) {
    const there = this.page.waitForSelector(`body[data-state="${state}"]`, { timeout: 15_000 });
    await there.catch(async () => {
      const found = await this.page.evaluate(() => document.body.dataset.state);
      assert.fail(`the page should be "${state}" and is "${found}"; ${this.complaints.slice(0, 2).join("; ")}`);
    });
  }

  main() {
    return this.page.click("#main");
  }

  press(words) {
    return this.page.locator(".sheet").getByRole("button", { name: words, exact: true }).click();
  }

  async says(words) {
    await this.page.waitForSelector(`text=${words}`, { timeout: 10_000 });
  }

  /** Pictures at both sizes; axe-core must find nothing at either. */
  async look(name, sizes = [PHONE, DESK]) {
    for (const size of sizes) {
      await this.page.setViewportSize(size);
      await this.page.evaluate(still);
      await this.page.screenshot({ path: join(SHOTS, `${name}-${size.width}x${size.height}.png`) });
      await this.page.evaluate(AXE);
      const { violations } = await this.page.evaluate(() => globalThis.axe.run());
      const told = (id) => (node) => `${id}: ${node.html}\n${node.failureSummary}`;
      const found = violations.flatMap(({ id, nodes }) => nodes.map(told(id)));
      assert.deepEqual(found, [], `axe-core at ${name}, ${size.width} px`);
      const wide = await this.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.equal(wide, false, `${name} scrolls sideways at ${size.width} px`);
    }
    await this.page.setViewportSize(PHONE);
  }

  async leave() {
    await this.page.context().close();
    assert.deepEqual(this.complaints, []);
  }
}

/** Wait for what moves once; what moves for ever does not matter to a picture. */
const still = () =>
  Promise.all(
    document
      .getAnimations()
      .filter(({ effect }) => effect.getTiming().iterations !== Infinity)
      .map(({ finished }) => finished.catch(() => undefined)),
  );

export const NARROW = { width: 320, height: 640 };
