/** The worker's phone: the map of the own grids, or, below a ticket's address, its people. */
import { byId } from "../shared/dom.js";
import { chooseLanguage, fillWords, loadWords, otherLanguage, preferredLanguage, t } from "../shared/words.js";
import { createGrid } from "./grid.js";
import { showTicket } from "./ticket.js";

const FRESH_MS = 10_000;
const key = new URLSearchParams(location.search).get("key") ?? "";
const ticket = location.pathname.match(/^\/field\/tickets\/([0-9a-f-]{36})$/)?.[1];

/** Asks the server by the key of the link; what it refuses comes back in its own words. */
async function ask(path, options = {}) {
  const response = await fetch(`${path}?key=${encodeURIComponent(key)}`, {
    credentials: "omit",
    signal: AbortSignal.timeout(20_000),
    ...options,
    headers: { "Accept-Language": document.documentElement.lang, ...options.headers },
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw Object.assign(new Error(answer.error?.message ?? t("web-server-failed")), { status: response.status });
}

const send = (path, body = {}) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

function say(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = !text;
}

const explain = (error) => say(error.status === 401 ? t("web-field-no-key") : error.status ? error.message : t("web-unreachable"));

async function showGrid() {
  const first = await ask("/api/field/points");
  byId("grid").hidden = false;
  const grid = createGrid({ ask, send, say, explain, key, refresh });
  grid.update(first);

  async function refresh() {
    try {
      grid.update(await ask("/api/field/points"));
      if (byId("notice").dataset.stale) say("");
      delete byId("notice").dataset.stale;
    } catch (error) {
      if (error.status === 401) return explain(error);
      say(t("web-field-stale"));
      byId("notice").dataset.stale = "true";
    }
  }
  setInterval(() => document.visibilityState === "visible" && refresh(), FRESH_MS);
}

async function start() {
  await loadWords(preferredLanguage());
  fillWords();
  byId("language").addEventListener("click", () => chooseLanguage(otherLanguage()));
  try {
    await (ticket ? showTicket(byId("ticket"), await ask(`/api/field/tickets/${ticket}`)) : showGrid());
  } catch (error) {
    explain(error);
  }
}

start();
