/**
 * Sounds while an alarm waits for somebody to accept it, again and again until then. When the
 * browser holds the sound back, the page says so. A mute has a reason and an end, so it can't be
 * forgotten, and covers what waited when it began: a life alarm that comes later is heard.
 */
import { allowSound, allowSoundAtFirstTouch, ring, soundAllowed } from "../shared/bell.js";
import { byId, el } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";
import { tab } from "../shared/memory.js";
import { clockTime, t } from "../shared/words.js";

const EVERY_MS = 4000;
const MINUTES = [5, 10, 30];
const REASONS = ["web-mute-talking", "web-mute-handled", "web-mute-drill"];

export function createSiren(client, now) {
  const blocked = byId("sound-blocked");
  const button = byId("mute");
  const dialog = byId("muting");
  let waiting = []; // live alarms that nobody has accepted
  let mute = tab.get("mute"); // {until, known: ids of the life alarms that it covers}
  let lastRing = 0;

  const isMuted = () => mute !== null && now() < mute.until;
  const isCovered = (ticket) => ticket.severity !== "life" || mute.known.includes(`${ticket.id}/${ticket.epoch}`);

  function keep(value) {
    mute = value;
    tab.set("mute", value);
    sound();
  }

  function sound() {
    const muted = isMuted();
    button.setAttribute("aria-pressed", String(muted));
    button.textContent = muted ? t("web-console-muted", { time: clockTime(new Date(mute.until).toISOString()) }) : t("web-console-mute");
    const due = waiting.some((ticket) => !muted || !isCovered(ticket));
    blocked.hidden = !due || soundAllowed();
    if (!due || !soundAllowed() || Date.now() - lastRing < EVERY_MS) return;
    lastRing = Date.now();
    ring();
  }

  async function begin(form) {
    const data = new FormData(form);
    const until = now() + Number(data.get("minutes")) * 60_000;
    const reason = data.get("other").trim() || t(data.get("reason"));
    try {
      await client.post("/api/console/watch/mute", { reason, until: new Date(until).toISOString() });
      keep({ until, known: waiting.map((ticket) => `${ticket.id}/${ticket.epoch}`) });
      dialog.close();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      form.querySelector(".note").textContent = error.message;
    }
  }

  async function end() {
    keep(null);
    try {
      await client.get("/api/console/watch/mute", { method: "DELETE" });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // the page rings again in any case
    }
  }

  function ask() {
    const choose = (name, value, words, checked) =>
      el("label", {}, el("input", { type: "radio", name, value, checked }), el("span", {}, words));
    const shut = el("button", { type: "button", class: "button" }, t("web-console-close"));
    shut.addEventListener("click", () => dialog.close());
    const form = el(
      "form",
      {},
      el("h2", { id: "muting-title" }, t("web-mute-title")),
      el("p", { class: "soft" }, t("web-mute-what")),
      el("fieldset", { class: "choices" }, el("legend", {}, t("web-mute-how-long")), MINUTES.map((minutes, at) => choose("minutes", minutes, t("web-mute-minutes", { minutes }), at === 1))),
      el("fieldset", { class: "choices" }, el("legend", {}, t("web-mute-why")), REASONS.map((words, at) => choose("reason", words, t(words), at === 0))),
      el("label", { class: "line" }, el("span", {}, t("web-mute-other")), el("input", { name: "other", maxlength: 100, autocomplete: "off" })),
      el("p", { role: "status", class: "note" }),
      el("p", { class: "doors" }, el("button", { type: "submit", class: "button primary" }, t("web-mute-begin")), shut),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      begin(form);
    });
    dialog.replaceChildren(form);
    dialog.showModal();
  }

  allowSoundAtFirstTouch();
  blocked.addEventListener("click", async () => {
    await allowSound();
    sound();
  });
  button.addEventListener("click", () => (isMuted() ? end() : ask()));

  return {
    /** A mute is its operator's: the next one at this desk begins without. */
    forget: () => keep(null),

    /** Called every second and at every change, with the alarms that wait. */
    update(alarms) {
      waiting = alarms;
      sound();
    },
  };
}
