/** The own account: end 来访模式, change the password, new recovery codes, end other sessions. */
import { byId, el } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";
import { dayTime, t } from "../shared/words.js";
import { field, newPassword, recoveryCodes } from "./login.js";

const API = "/api/console";
const password = () => field("current", "web-account-current", { type: "password", autocomplete: "current-password", maxlength: 200 });

export function createAccount(client, visitors) {
  const dialog = el("dialog", { id: "account", "aria-labelledby": "account-title" });
  const door = el("button", { type: "button", class: "button", id: "my-account", "aria-haspopup": "dialog" }, t("web-account"));
  byId("centre").append(dialog);
  byId("log-out").before(door);
  door.addEventListener("click", open);
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  // Nothing typed or told stays in a page that somebody else sits down before.
  dialog.addEventListener("close", () => dialog.replaceChildren());
  visitors.onEnd(askEnd);

  function shown(title, ...content) {
    const shut = el("button", { type: "button", class: "button close", onclick: () => dialog.close() }, t("web-console-close"));
    dialog.replaceChildren(el("h2", { id: "account-title" }, t(title)), ...content, el("p", { class: "doors" }, shut));
    if (!dialog.open) dialog.showModal();
  }

  /** A form that says what went wrong, and what came of it. */
  function form(words, content, send) {
    const why = el("p", { role: "alert", hidden: true });
    const made = el("form", {}, content, why, el("button", { type: "submit", class: "button primary" }, t(words)));
    made.addEventListener("submit", async (event) => {
      event.preventDefault();
      why.hidden = true;
      try {
        await send(Object.fromEntries(new FormData(made)), made);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        why.textContent = error.message;
        why.hidden = false;
        made.querySelector("input")?.select();
      }
    });
    return made;
  }

  const section = (title, ...content) => el("section", {}, el("h3", {}, t(title)), ...content);
  const done = (words, args) => el("p", { role: "status", class: "note" }, t(words, args));

  function askEnd() {
    shown(
      "web-visitors-end",
      el("p", {}, t("web-visitors-end-hint")),
      form("web-visitors-end", [password()], async ({ current }) => {
        const { masked } = await client.post(`${API}/visitors`, { on: false, password: current });
        dialog.close();
        visitors.show(masked);
      }),
    );
    dialog.querySelector("input").focus();
  }

  function changeForm() {
    return form("web-account-change", [password(), ...newPassword()], async (values, made) => {
      if (values.password !== values.again) throw new ApiError(0, "differ", t("web-login-differ"));
      await client.post(`${API}/password`, { password: values.current, new: values.password });
      made.replaceWith(done("web-account-changed"));
    });
  }

  function recoveryForm() {
    return form("web-account-new-codes", [password()], async ({ current }, made) => {
      const { recovery } = await client.post(`${API}/recovery`, { password: current });
      made.replaceWith(el("p", {}, t("web-login-codes-hint")), recoveryCodes(recovery));
    });
  }

  function sessionRow({ since, used, here }) {
    const words = here ? "web-account-session-here" : "web-account-session";
    return el("li", {}, t(words, { since: dayTime(since), used: dayTime(used) }));
  }

  async function open() {
    shown("web-account", el("p", { class: "soft" }, t("web-building-loading")));
    try {
      const { sessions, recovery_left: left } = await client.get(`${API}/sessions`);
      const others = sessions.filter(({ here }) => !here).length;
      const end = el("button", { type: "button", class: "button" }, t("web-account-end-others"));
      end.addEventListener("click", async () => {
        const { ended } = await client.post(`${API}/sessions/end`);
        end.replaceWith(done("web-account-ended", { count: ended }));
      });
      shown(
        "web-account",
        el("p", {}, client.me.name),
        section("web-account-sessions", el("ul", {}, sessions.map(sessionRow)), others > 0 && end),
        section("web-account-password", changeForm()),
        section("web-account-codes", el("p", {}, t("web-account-codes-left", { count: left })), recoveryForm()),
      );
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      shown("web-account", el("p", { role: "alert" }, error.message));
    }
  }
}
