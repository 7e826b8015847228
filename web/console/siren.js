/**
 * Sounds while an alarm waits for somebody to accept it, again and again until then. When the
 * browser holds the sound back, the page says so; a mute ends by itself, so it can't be forgotten.
 */
import { allowSound, allowSoundAtFirstTouch, ring, soundAllowed } from "../shared/bell.js";
import { byId } from "../shared/dom.js";
import { clockTime, t } from "../shared/words.js";

const EVERY_MS = 4000;
const MUTE_MS = 10 * 60_000;

export function createSiren() {
  const blocked = byId("sound-blocked");
  const mute = byId("mute");
  let waiting = false;
  let mutedUntil = 0;
  let lastRing = 0;

  function sound() {
    const muted = Date.now() < mutedUntil;
    mute.setAttribute("aria-pressed", String(muted));
    mute.textContent = muted
      ? t("web-console-muted", { time: clockTime(new Date(mutedUntil).toISOString()) })
      : t("web-console-mute");
    const due = waiting && !muted;
    blocked.hidden = !due || soundAllowed();
    if (!due || !soundAllowed() || Date.now() - lastRing < EVERY_MS) return;
    lastRing = Date.now();
    ring();
  }

  allowSoundAtFirstTouch();
  blocked.addEventListener("click", async () => {
    await allowSound();
    sound();
  });
  mute.addEventListener("click", () => {
    mutedUntil = Date.now() < mutedUntil ? 0 : Date.now() + MUTE_MS;
    sound();
  });

  return {
    /** Called every second and at every change. */
    update(isAnyWaiting) {
      waiting = isAnyWaiting;
      sound();
    },
  };
}
