/** Large type: 18, 24 and 30 points for eyes that need them; remembered in this browser. */
import { browser } from "../shared/memory.js";

const SIZES = ["normal", "large", "larger", "largest"];

export function setUpType(toggle, more) {
  let wished = browser.get("type");

  function show(size) {
    const root = document.documentElement;
    root.classList.remove(...SIZES);
    root.classList.add(size);
    toggle.setAttribute("aria-pressed", String(size !== "normal"));
    more.hidden = size === "normal";
  }

  function choose(size) {
    wished = size;
    browser.set("type", size);
    show(size);
  }

  toggle.addEventListener("click", () => choose(!wished || wished === "normal" ? "large" : "normal"));
  more.addEventListener("click", () => choose(SIZES[SIZES.indexOf(wished) + 1] ?? "large"));
  show(wished ?? "normal");

  return {
    /** The person's record says large; what was chosen by hand in this browser goes first. */
    suggest(large) {
      if (browser.get("type") === null) show((wished = large ? "large" : "normal"));
    },
  };
}
