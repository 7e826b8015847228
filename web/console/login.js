/** Who is on watch: account and password, or in the demo one click. */
import { byId } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";

const LOGIN = "/api/console/login";

/** The demo's start page links here as the operator; nothing to type. */
const persona = new URLSearchParams(location.search).get("as");

export function setUpLogin(client, onEntered) {
  const form = byId("login");
  const why = byId("login-why");

  async function enter(credentials) {
    why.hidden = true;
    try {
      await client.login(LOGIN, credentials);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      show(error.message);
      return;
    }
    form.hidden = true;
    form.reset();
    onEntered();
  }

  function show(reason) {
    form.hidden = false;
    why.textContent = reason ?? "";
    why.hidden = !reason;
    form.elements.account.focus();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    enter(Object.fromEntries(new FormData(form)));
  });
  byId("login-demo").addEventListener("click", () => enter({ persona: "operator" }));

  return {
    /** Asks who it is; `reason` says why again. */
    async ask(reason) {
      show(reason);
      const { demo } = await client.get("/api/demo").catch(() => ({ demo: false }));
      byId("login-demo").hidden = !demo;
    },

    async begin() {
      if (client.known) onEntered();
      else if (persona) await enter({ persona });
      else await this.ask();
    },
  };
}
