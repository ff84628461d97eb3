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
    (globalThis.pcs ??= []).push(pc);
    const wish = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const microphone = async () => (await navigator.mediaDevices.getUserMedia({ audio: wish })).getAudioTracks()[0];
    pc.addTransceiver(direction === "sendonly" ? await microphone() : "audio", { direction });
    pc.addEventListener("track", ({ track }) => {
      pc.ear = new Audio();
      pc.ear.srcObject = new MediaStream([track]);
      pc.ear.play();
    });
    await pc.setLocalDescription();
    return pc.localDescription.sdp;
  },
  /** Take the answer to the last offer, and wait until sound may flow. */
  answer: async (sdp) => {
    const pc = globalThis.pcs.at(-1);
    await pc.setRemoteDescription({ type: "answer", sdp });
    while (pc.connectionState !== "connected") {
      await new Promise((resolve) => pc.addEventListener("connectionstatechange", resolve, { once: true }));
    }
    return pc.connectionState;
  },
  /** What each connection says of the sound that it hears. */
  heard: async () => {
    const reports = await Promise.all(globalThis.pcs.map((pc) => pc.getStats()));
    return reports.map((report) => [...report.values()].find(({ type }) => type === "inbound-rtp"));
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
