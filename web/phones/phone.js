/** One phone: its screen, kept in step with the server's, and below it what its owner can do. */
import { createClient } from "../shared/api.js";
import { el } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";
import { t } from "../shared/words.js";
import { drawMessage } from "./message.js";

const WORDS = {
  wechat: {
    app: "web-phones-app-wechat",
    who: "web-phones-who-wechat",
    join: "web-phones-join-wechat",
    leave: "web-phones-leave-wechat",
    away: "web-phones-away-wechat",
  },
  wecom: {
    app: "web-phones-app-wecom",
    who: "web-phones-who-wecom",
    join: "web-phones-join-wecom",
    leave: "web-phones-leave-wecom",
    away: "web-phones-away-wecom",
  },
  telegram: {
    app: "web-phones-app-telegram",
    who: "web-phones-who-telegram",
    join: "web-phones-join-telegram",
    leave: "web-phones-leave-telegram",
    away: "web-phones-away-telegram",
  },
};
const NEAR_END_PX = 80;

export function createPhone({ channel, account, name }) {
  const words = WORDS[channel];
  const app = t(words.app);
  const base = `/phones/${channel}/${encodeURIComponent(account)}`;
  const client = createClient("phones");
  const rows = new Map();

  const screen = el("div", { class: "screen", role: "log", tabindex: "0", "aria-label": t("web-phones-screen", { app }) });
  const empty = el("p", { class: "empty" }, t("web-phones-empty"));
  const away = el("p", { class: "away", role: "status", hidden: true }, t(words.away));
  const trouble = el("p", { class: "trouble", role: "alert", hidden: true });
  const field = el("input", { name: "text", autocomplete: "off", maxlength: "500", "aria-label": t("web-phones-field", { app }) });
  const send = el("button", { class: "button send" }, t("web-phones-send"));
  const form = el("form", { class: "compose", onsubmit: say }, field, send);
  const file = el("input", { type: "file", accept: "image/jpeg,image/png", hidden: true, onchange: sendPicture });
  const place = tool("web-phones-place", "place", () => client.post(`${base}/place`));
  const picture = tool("web-phones-picture", "picture", () => file.click());
  const leave = tool(words.leave, "leave", () => client.post(`${base}/leaves`));
  const join = tool(words.join, "join", () => client.post(`${base}/joins`));
  screen.append(empty);

  const node = el(
    "section",
    { class: `phone ${channel}`, data: { channel } },
    el("p", { class: "owner" }, el("strong", {}, t("web-phones-name", { name })), " ", el("span", {}, t(words.who))),
    el(
      "div",
      { class: "case" },
      el("h2", { class: "bar" }, el("span", {}, app), el("span", { class: "with" }, t("web-brand"))),
      screen,
      away,
      trouble,
      form,
      el("div", { class: "tools" }, place, picture, leave, join, file),
    ),
  );

  function tool(word, action, work) {
    const button = el("button", { type: "button", class: "button", data: { action } }, t(word));
    button.addEventListener("click", () => busy(button, work));
    return button;
  }

  /** Does one thing at a time with a control and says so when it failed. */
  async function busy(button, work) {
    if (button.getAttribute("aria-busy") === "true") return false;
    button.setAttribute("aria-busy", "true");
    trouble.hidden = true;
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      trouble.textContent = t(error.status === 409 ? "web-phones-changed" : "web-phones-failed");
      trouble.hidden = false;
      return false;
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  async function say(event) {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    if (!(await busy(send, () => client.post(`${base}/says`, { text })))) field.value ||= text;
  }

  async function sendPicture() {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    const body = { method: "POST", body: chosen, headers: { "Content-Type": chosen.type } };
    await busy(picture, () => client.get(`${base}/picture`, body));
  }

  const press = (message) => (button, label) =>
    busy(button, () => client.post(`${base}/clicks`, { message: message.id, label }));

  function show(phone) {
    const atEnd = screen.scrollHeight - screen.scrollTop - screen.clientHeight < NEAR_END_PX;
    let news = false;
    const ids = new Set(phone.messages.map(({ id }) => id));
    for (const [id, row] of rows) if (!ids.has(id)) drop(id, row);
    for (const message of phone.messages) {
      const version = JSON.stringify(message);
      const known = rows.get(message.id);
      if (known?.version === version) continue;
      const row = drawMessage(channel, message, press(message));
      if (known) known.row.replaceWith(row);
      else screen.append(row);
      news ||= !known;
      rows.set(message.id, { row, version });
    }
    empty.hidden = rows.size > 0;
    away.hidden = phone.here;
    for (const control of [field, send, place, picture]) control.disabled = !phone.here;
    leave.hidden = !phone.here;
    join.hidden = phone.here;
    if (news || atEnd) screen.scrollTop = screen.scrollHeight;
  }

  function drop(id, { row }) {
    row.remove();
    rows.delete(id);
  }

  return { node, show };
}
