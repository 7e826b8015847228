/** The start page: what this is and where to go; in the demo also the panel that rings a device. */
import { createClient } from "../shared/api.js";
import { byId, el } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";
import { chooseLanguage, fillWords, loadWords, otherLanguage, preferredLanguage, t } from "../shared/words.js";

const PERSONAS = [
  { href: "/chat?as=worker", name: "web-role-worker", what: "web-start-worker", go: "web-start-chat" },
  { href: "/chat?as=family", name: "web-role-family", what: "web-start-family", go: "web-start-chat" },
  { href: "/chat?as=elder", name: "web-role-elder", what: "web-start-elder", go: "web-start-chat" },
  { href: "/chat?as=resident", name: "web-role-resident", what: "web-start-resident", go: "web-start-chat" },
  { href: "/chat?as=merchant", name: "web-role-merchant", what: "web-start-merchant", go: "web-start-chat" },
];
const CENTRE = { href: "/console?as=operator", name: "web-role-operator", what: "web-start-operator", go: "web-start-console" };

/** What the button says for each alarm that the listed devices can raise. */
const RING_WORDS = { smoke: "web-start-ring-smoke", gas: "web-start-ring-gas", sos: "web-start-ring-sos" };

const client = createClient("start");
const select = byId("device");
const outcome = byId("outcome");

function showPersonas() {
  const door = ({ href, name, what, go }, style) =>
    el(
      "li",
      {},
      el(
        "a",
        { href, target: "_blank", rel: "noopener", class: style },
        el("strong", {}, t(name)),
        el("span", {}, t(what)),
        el("span", { class: "go" }, t(go)),
      ),
    );
  byId("personas").append(door(CENTRE, "centre"), ...PERSONAS.map((persona) => door(persona)));
  byId("try").hidden = false;
}

function setUpPanel(devices) {
  const kind = () => new FormData(byId("panel")).get("kind");

  function showDevices() {
    const fitting = devices.filter((device) => device.kind === kind());
    const named = ({ name, place }) => [name, place].filter(Boolean).join(" · ");
    select.replaceChildren(...fitting.map((device) => el("option", { value: device.id }, named(device))));
    if (!fitting.length) select.append(el("option", { value: "" }, t("web-start-no-device")));
    select.disabled = byId("ring").disabled = byId("clear").disabled = !fitting.length;
    byId("ring").textContent = t(RING_WORDS[kind()]);
  }

  async function send(path, body, done) {
    outcome.className = "";
    try {
      const { topic, payload } = await client.post(path, body);
      const said = typeof payload === "string" ? payload : JSON.stringify(payload);
      outcome.replaceChildren(
        el("p", {}, t(done, { name: select.selectedOptions[0].textContent })),
        el("div", {}, t("web-start-sent"), el("code", {}, topic), el("code", {}, said)),
      );
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      outcome.className = "failed";
      outcome.textContent = t("web-start-failed", { reason: error.message });
    }
  }

  byId("panel").addEventListener("change", (event) => event.target.name === "kind" && showDevices());
  byId("panel").addEventListener("submit", (event) => {
    event.preventDefault();
    send("/api/demo/ring", { device: select.value, kind: kind() }, "web-start-rung");
  });
  byId("clear").addEventListener("click", () => send("/api/demo/clear", { device: select.value }, "web-start-cleared"));
  showDevices();
  byId("demo").hidden = false;
}

function showPhones(url) {
  byId("phones").querySelector("a").href = url;
  byId("phones").hidden = false;
}

async function start() {
  await loadWords(preferredLanguage());
  fillWords();
  byId("language").lang = otherLanguage();
  byId("language").addEventListener("click", () => chooseLanguage(otherLanguage()));
  try {
    const { devices, phones } = await client.get("/api/demo");
    showPersonas();
    setUpPanel(devices);
    if (phones) showPhones(phones);
  } catch (error) {
    // Not a demo: here people come in by a link from their own chat, or with an account.
    if (!(error instanceof ApiError)) throw error;
    byId("enter").hidden = false;
  }
}

start();
