/** Day and night: as the system has it until somebody chooses; the choice is remembered here. */
import { browser } from "../shared/memory.js";
import { t } from "../shared/words.js";

const TO = { day: "web-theme-to-night", night: "web-theme-to-day" };
const system = matchMedia("(prefers-color-scheme: dark)");
const followers = new Set();

export const theme = () => browser.get("theme") ?? (system.matches ? "night" : "day");

function apply() {
  document.documentElement.dataset.theme = theme();
  for (const follower of followers) follower();
}

/** What is drawn by hand asks for its colours again when they change. */
export const onTheme = (follower) => followers.add(follower);

/** A colour of the style sheet, for what is drawn by hand. */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export function setUpTheme(button) {
  const name = () => (button.textContent = t(TO[theme()]));
  followers.add(name);
  name();
  button.addEventListener("click", () => {
    browser.set("theme", theme() === "night" ? "day" : "night");
    apply();
  });
}

export function startTheme() {
  system.addEventListener("change", apply);
  apply();
}
