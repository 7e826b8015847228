/**
 * The conversation as shown. The same item may come by the answer to a message, by the stream
 * and by a replay; an update may overtake an older one. Here each is shown once, the newest wins.
 */
import { el } from "../shared/dom.js";
import { clockTime, dayTime, t } from "../shared/words.js";
import { cardElement, foldedCard } from "./card.js";

export function createLog(root, newest, press, look) {
  const seen = new Set();
  const current = new Map(); // card key -> the entry that shows its newest card

  const atEnd = () => root.scrollHeight - root.scrollTop - root.clientHeight < 80;
  const toEnd = () => {
    root.scrollTop = root.scrollHeight;
    newest.hidden = true;
  };
  newest.addEventListener("click", toEnd);
  /** Goes to the end; a card higher than the window is shown from its beginning. */
  const reveal = (key) => {
    toEnd();
    const row = current.get(key)?.row;
    if (row?.offsetHeight > root.clientHeight) row.scrollIntoView({ block: "start" });
  };
  let followed = true;
  root.addEventListener("scroll", () => {
    followed = atEnd();
    if (followed) newest.hidden = true;
  }, { passive: true });
  // A picture is as high as it is only when it has come; who was at the end stays there.
  root.addEventListener("load", () => followed && toEnd(), { capture: true });

  const ownRow = (content, state) => el("div", { class: "row own" }, el("div", { class: "bubble" }, content), state);

  /** Items stand in the order of their ids, also when the stream brings an older one late. */
  function place(row, id) {
    const later = [...root.children].find((other) => Number(other.dataset.id) > id);
    root.insertBefore(row, later ?? null);
  }

  /** Numbers answer the last card that offers anything; in a talk a resident's go to the worker. */
  function markAnswerable() {
    root.querySelector(".answerable")?.classList.remove("answerable");
    const last = [...root.querySelectorAll(".card:has(.actions)")].at(-1);
    const offered = [...(last?.querySelectorAll(".actions .button") ?? [])];
    if (offered.some((button) => button.dataset.action !== "handover.end")) last.classList.add("answerable");
  }

  function replace(entry, item) {
    const held = entry.row.contains(document.activeElement);
    const fresh = cardElement(item.card, press, look);
    entry.row.firstChild.replaceWith(fresh);
    Object.assign(entry, { card: item.card, id: Math.max(entry.id, item.id) });
    entry.time.textContent = t("web-chat-updated", { time: clockTime(item.at) });
    if (held) fresh.focus({ preventScroll: true });
  }

  function append(item) {
    const older = current.get(item.card.key);
    const time = el("time", { datetime: item.at }, dayTime(item.at));
    const overtaken = older && older.id > item.id;
    const shown = overtaken ? foldedCard(item.card) : cardElement(item.card, press, look);
    const row = el("div", { class: "row", data: { id: item.id } }, shown, time);
    place(row, item.id);
    if (overtaken) return;
    if (older) older.row.firstChild.replaceWith(foldedCard(older.card));
    current.set(item.card.key, { id: item.id, card: item.card, row, time });
  }

  return {
    get empty() {
      return root.childElementCount === 0;
    },

    /** Shows an item; true when it was new to this page. */
    add(item) {
      if (seen.has(item.id)) return false;
      seen.add(item.id);
      const follows = atEnd();
      const shown = current.get(item.card.key);
      const inPlace = item.op === "update" && shown;
      if (inPlace && item.card.version <= shown.card.version) return false;
      if (inPlace) replace(shown, item);
      else append(item);
      markAnswerable();
      if (follows) reveal(item.card.key);
      else if (!inPlace) newest.hidden = false;
      return true;
    },

    /** What the person says, at once; the state follows when the server has answered. */
    echo(content) {
      const state = el("span", { class: "state", role: "status" });
      const row = ownRow(content, state);
      const become = (name, ...shown) => {
        row.className = `row own ${name}`;
        state.replaceChildren(...shown);
      };
      become("pending", t("web-chat-sending"));
      root.append(row);
      toEnd();
      return {
        sent: () => become("sent", clockTime(new Date().toISOString())),
        refused: (reason) => become("failed", reason),
        failed(again) {
          const button = el("button", { type: "button", class: "again" }, t("web-chat-again"));
          button.addEventListener("click", () => {
            become("pending", t("web-chat-sending"));
            again();
          });
          become("failed", button);
        },
      };
    },

    /** What the person answered by a button, put before the message that it led to. */
    said(content, beforeId) {
      place(ownRow(content, el("span", { class: "state" }, clockTime(new Date().toISOString()))), beforeId - 1);
    },

    /** A line of the page itself, such as the greeting or why a photo could not be read. */
    note(text) {
      root.append(el("div", { class: "row" }, el("article", { class: "card neutral" }, el("p", { class: "summary" }, text))));
      toEnd();
    },

    toEnd,
    reveal,
  };
}
