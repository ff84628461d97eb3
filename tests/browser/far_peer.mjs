/**
 * One Chromium as a peer of the box, moved by lines of JSON: `[what, ...arguments]` comes in by
 * stdin, and what came of it goes out by stdout. Usage: node far_peer.mjs PAGE [FLAG…]
 */

import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { launchOptions } from "./ear.mjs";

const ACTS = {
  /** Make an offer to send the microphone's sound (`sendonly`) or to hear (`recvonly`). */
  offer: async (direction) => {
    const pc = new RTCPeerConnection();
    globalThis.pc = pc;
    const wish = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const microphone = async () => (await navigator.mediaDevices.getUserMedia({ audio: wish })).getAudioTracks()[0];
    pc.addTransceiver(direction === "sendonly" ? await microphone() : "audio", { direction });
    pc.addEventListener("track", ({ track }) => {
      const audio = document.querySelector("audio");
      audio.srcObject = new MediaStream([track]);
      audio.play();
    });
    await pc.setLocalDescription();
    return pc.localDescription.sdp;
  },
  /** Take the answer, and wait until sound may flow. */
  answer: async (sdp) => {
    const { pc } = globalThis;
    await pc.setRemoteDescription({ type: "answer", sdp });
    while (pc.connectionState !== "connected") {
      await new Promise((resolve) => pc.addEventListener("connectionstatechange", resolve, { once: true }));
    }
    return pc.connectionState;
  },
  /** The statistics of one type, all reports merged. */
  statistics: async (type) => {
    const reports = [...(await globalThis.pc.getStats()).values()].filter((report) => report.type === type);
    return Object.assign({}, ...reports);
  },
};

const [, , url, ...flags] = process.argv;
const browser = await chromium.launch(launchOptions(...flags));
const page = await browser.newPage();
await page.goto(url);
for await (const line of createInterface({ input: process.stdin })) {
  const [act, ...rest] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await page.evaluate(ACTS[act], ...rest))}\n`);
}
await browser.close();
