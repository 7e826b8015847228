/**
 * Who is on watch: password, then a code of the telephone, then what else the server asks for. Each
 * step is a form of its own; what leads on is a ticket that opens nothing else.
 */
import { byId, el } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";
import { t } from "../shared/words.js";

const API = "/api/console";

/** The demo's start page links here as the operator; nothing to type. */
const persona = new URLSearchParams(location.search).get("as");

/** What stands behind # is seen by no server: a link to set an account up, a wall screen's token. */
function takeFromAddress(name) {
  const found = new URLSearchParams(location.hash.slice(1)).get(name);
  if (found) history.replaceState(null, "", location.pathname + location.search);
  return found;
}

export const field = (name, words, props = {}) =>
  el("label", {}, el("span", {}, t(words)), el("input", { name, required: true, ...props }));

export const newPassword = () => [
  field("password", "web-login-new-password", { type: "password", autocomplete: "new-password", minlength: 12, maxlength: 200 }),
  field("again", "web-login-again", { type: "password", autocomplete: "new-password", maxlength: 200 }),
];

/** A list of recovery codes, shown this once. */
export const recoveryCodes = (codes) => el("ul", { class: "recovery" }, codes.map((code) => el("li", {}, code)));

export function setUpLogin(client, onEntered) {
  const box = byId("login");
  let ticket = null;

  const submit = (words) => el("button", { type: "submit", class: "button primary" }, t(words));
  const button = (words, act, props = {}) => el("button", { type: "button", class: "button", onclick: act, ...props }, t(words));
  const restart = () => button("web-login-restart", () => askPassword());

  /** Shows one step; `send` gets the form's values, and what it throws is said where it is read out. */
  function step(title, content, send, reason) {
    const why = el("p", { role: "alert", id: "login-why", hidden: !reason }, reason);
    const form = el("form", {}, el("img", { src: "/web/shared/bell.svg", alt: "", width: 48, height: 48 }), el("h1", {}, t(title)), why, content);
    let busy = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      try {
        await send(Object.fromEntries(new FormData(form)));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        fail(form, why, error);
      } finally {
        busy = false;
      }
    });
    box.replaceChildren(form);
    box.hidden = false;
    form.querySelector("input, button")?.focus();
  }

  function fail(form, why, error) {
    // A step that is over begins anew, and says so there.
    if (error.code === "login-again") return askPassword(error.message);
    why.textContent = error.message;
    why.hidden = false;
    const first = form.querySelector("input:not([type=checkbox])");
    first?.setAttribute("aria-invalid", "true");
    first?.setAttribute("aria-describedby", "login-why");
    first?.select();
    first?.focus();
  }

  async function go(path, body) {
    const answer = await client.login(`${API}${path}`, body);
    ticket = answer.ticket ?? null;
    const onward = () => (answer.next ? STEPS[answer.next]() : enter());
    if (answer.recovery) showCodes(answer.recovery, onward);
    else await onward();
  }

  function enter() {
    box.hidden = true;
    box.replaceChildren();
    onEntered();
  }

  function askPassword(reason) {
    ticket = null;
    step(
      "web-console-login",
      [
        field("account", "web-console-account", { autocomplete: "username", autocapitalize: "none", spellcheck: "false", maxlength: 100 }),
        field("password", "web-console-password", { type: "password", autocomplete: "current-password", maxlength: 200 }),
        submit("web-console-enter"),
        button("web-console-enter-demo", () => enterAs("operator"), { id: "login-demo", hidden: true }),
      ],
      (values) => go("/login", values),
      reason,
    );
  }

  async function enterAs(name) {
    try {
      await go("/login", { persona: name });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      askPassword(error.message);
    }
  }

  function askCode() {
    step(
      "web-login-code",
      [
        el("p", {}, t("web-login-code-hint")),
        field("code", "web-login-code-field", { class: "code", inputmode: "numeric", autocomplete: "one-time-code", pattern: "[0-9 ]{6,8}", maxlength: 8 }),
        submit("web-console-enter"),
        button("web-login-no-phone", askRecovery),
        restart(),
      ],
      ({ code }) => go("/login/code", { ticket, code }),
    );
  }

  function askRecovery() {
    step(
      "web-login-recovery",
      [
        el("p", {}, t("web-login-recovery-hint")),
        field("code", "web-login-recovery-field", { autocomplete: "off", autocapitalize: "none", spellcheck: "false", maxlength: 40 }),
        submit("web-console-enter"),
        button("web-login-with-phone", askCode),
        restart(),
      ],
      ({ code }) => go("/login/code", { ticket, code, recovery: true }),
    );
  }

  async function enrol() {
    const { secret, qr } = await client.post(`${API}/login/enrol`, { ticket });
    step(
      "web-login-enrol",
      [
        el("p", {}, t("web-login-enrol-hint")),
        el("img", { class: "qr", src: qr, alt: t("web-login-enrol-qr") }),
        el("p", {}, t("web-login-enrol-secret"), " ", el("span", { class: "secret" }, secret.match(/.{1,4}/g).join(" "))),
        field("code", "web-login-code-field", { class: "code", inputmode: "numeric", autocomplete: "one-time-code", pattern: "[0-9 ]{6,8}", maxlength: 8 }),
        submit("web-login-confirm"),
        restart(),
      ],
      ({ code }) => go("/login/enrol/confirm", { ticket, code }),
    );
  }

  function showCodes(codes, onward) {
    step(
      "web-login-codes",
      [
        el("p", {}, t("web-login-codes-hint")),
        recoveryCodes(codes),
        button("web-login-print", () => window.print()),
        el("label", { class: "tick" }, el("input", { type: "checkbox", name: "kept", required: true }), t("web-login-codes-kept")),
        submit("web-login-onward"),
      ],
      onward,
    );
  }

  function askNewPassword(title, path) {
    step(title, [el("p", {}, t("web-login-password-hint")), ...newPassword(), submit("web-login-onward")], async ({ password, again }) => {
      if (password !== again) throw new ApiError(0, "differ", t("web-login-differ"));
      await go(path, { ticket, password });
    });
  }

  function waitForRole() {
    step("web-login-role", [el("p", {}, t("web-login-role-hint")), restart()], () => {});
  }

  const STEPS = {
    code: askCode,
    enrol,
    renew: () => askNewPassword("web-login-renew", "/login/password"),
    role: waitForRole,
  };

  async function hang(token) {
    try {
      await go("/wall", { token });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      askPassword(error.message);
    }
  }

  return {
    /** Asks who it is; `reason` says why again. */
    async ask(reason) {
      askPassword(reason);
      const { demo } = await client.get("/api/demo").catch(() => ({ demo: false }));
      const door = byId("login-demo");
      if (door) door.hidden = !demo;
    },

    async begin() {
      const [wall, setup] = [takeFromAddress("wall"), takeFromAddress("setup")];
      if (wall) await hang(wall);
      else if (setup) {
        ticket = setup;
        askNewPassword("web-login-setup", "/setup");
      } else if (client.known) onEntered();
      else if (persona) await enterAs(persona);
      else await this.ask();
    },
  };
}
