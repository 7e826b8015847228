/** What single keys do while nobody types, and a page that lists them. */
import { byId, el } from "../shared/dom.js";
import { t } from "../shared/words.js";

/** `acts` maps a key to {words, act}; without `act` the browser does it. Ctrl, Alt, Meta are its own. */
export function setUpKeys(acts) {
  const dialog = byId("keys");
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

  function help() {
    const shut = el("button", { type: "button", class: "button" }, t("web-console-close"));
    shut.addEventListener("click", () => dialog.close());
    const rows = Object.entries(acts).map(([key, { words }]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, t(words))));
    dialog.replaceChildren(el("h2", { id: "keys-title" }, t("web-keys-title")), el("dl", { class: "keys" }, rows), el("p", { class: "doors" }, shut));
    dialog.showModal();
  }

  byId("keys-help").addEventListener("click", help);
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (byId("centre").hidden || document.querySelector("dialog:modal")) return;
    if (event.target.closest("textarea, select, input:not([type=radio])")) return;
    const known = event.key === "?" ? { act: help } : acts[event.key.length === 1 ? event.key.toUpperCase() : event.key];
    if (!known?.act) return;
    event.preventDefault();
    known.act();
  });
}
