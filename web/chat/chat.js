/** The chat page: who this is, what was said so far, then what comes in. */
import { createClient } from "../shared/api.js";
import { allowSoundAtFirstTouch } from "../shared/bell.js";
import { byId } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";
import { follow } from "../shared/stream.js";
import { currentLanguage, fillWords, loadWords, preferredLanguage, t } from "../shared/words.js";
import { createAttention } from "./attention.js";
import { setUpComposer } from "./composer.js";
import { createLog } from "./log.js";
import { createOutbox } from "./outbox.js";
import { createTurns } from "./turns.js";
import { setUpType } from "./type.js";

const PAGE_OF_ITEMS = 500;
const RETRY_MS = 5000;
const ROLES = {
  resident: "web-role-resident",
  family: "web-role-family",
  elder: "web-role-elder",
  worker: "web-role-worker",
  merchant: "web-role-merchant",
  operator: "web-role-operator",
};

/** A QR code at the counter opens this page with a redemption's token. */
const scanned = new URLSearchParams(location.hash.slice(1)).get("redeem");
const persona = new URLSearchParams(location.search).get("as");
const client = createClient(`chat.${persona ?? "self"}`, { shared: persona === null });
const type = setUpType(byId("large"), byId("larger"));
const banner = byId("banner");
const logRoot = byId("log");
const attention = createAttention(byId("alarm"));
const log = createLog(logRoot, byId("newest"), (action, button) => turns.press(action, button), look);
const turns = createTurns(createOutbox(client), log, {
  onItems: (items) => items.forEach(show),
  onDenied: () => askToLogIn(t("web-chat-log-in")),
});
const composer = setUpComposer(turns.say, log.note);
let seenTo = 0; // by replay and stream alone: only they bring the items without a gap

/** A picture of a talk; null when it can't be had, which the card then says. */
async function look(url) {
  try {
    return await client.get(url);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return null;
  }
}

function show(item) {
  if (log.add(item) && item.card.tone === "danger") attention.alarm(item.card);
}

function tell(text) {
  banner.textContent = text ?? "";
  banner.hidden = !text;
}

function askToLogIn(text) {
  client.forget();
  tell(text);
  composer.enable(false);
}

/** A link from another channel carries a ticket, which is used once and leaves the address; and
 * the card that it was about. */
async function logIn() {
  const given = new URLSearchParams(location.hash.slice(1));
  const ticket = given.get("ticket"), card = given.get("card");
  if (ticket) {
    await client.login("/api/chat/login", card ? { ticket, card } : { ticket });
    history.replaceState(null, "", location.pathname + location.search);
  } else if (persona && !client.known) {
    await client.login("/api/chat/login", { persona });
  }
}

async function replay() {
  for (;;) {
    const { items } = await client.get(`/api/chat/messages?after=${seenTo}`);
    for (const item of items) {
      log.add(item);
      seenTo = item.id;
    }
    if (items.length < PAGE_OF_ITEMS) return;
  }
}

async function open() {
  await logIn();
  try {
    await replay();
  } catch (error) {
    // A persona's old token after the demo began anew: log in once more, then it counts.
    if (!(persona && error instanceof ApiError && error.status === 401)) throw error;
    client.forget();
    await logIn();
    await replay();
  }
}

function introduce(me) {
  if (!me) return;
  byId("me").textContent = t("web-chat-me", { name: me.name, role: ROLES[me.role] ? t(ROLES[me.role]) : me.role });
  type.suggest(me.large_type);
}

function listen() {
  follow("/api/chat/stream", {
    headers: client.headers,
    lastId: String(seenTo),
    silentMs: 45_000,
    onEvent(name, item) {
      if (name === "item") show(item);
    },
    onState(state) {
      if (state === "denied") askToLogIn(t("web-chat-log-in"));
      else tell(state === "lost" ? t("web-reconnecting") : null);
    },
  });
}

async function start() {
  try {
    await loadWords(preferredLanguage(), "chat");
    await open();
  } catch (error) {
    fillWords();
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 0 || error.status >= 500) {
      tell(t("web-reconnecting"));
      setTimeout(start, RETRY_MS);
    } else {
      askToLogIn(error.status === 401 ? t("web-chat-log-in") : error.message);
    }
    return;
  }
  const asked = new URLSearchParams(location.search).has("lang");
  if (client.me?.lang && client.me.lang !== currentLanguage() && !asked) await loadWords(client.me.lang, "chat");
  fillWords();
  attention.showCount();
  introduce(client.me);
  if (log.empty) log.note(t("web-chat-hello"));
  log.toEnd();
  logRoot.setAttribute("aria-busy", "false");
  tell(null);
  composer.focus();
  listen();
  if (scanned) enterScanned();
}

/** Said once for the merchant who scanned; then it leaves the address, so a reload says nothing. */
function enterScanned() {
  history.replaceState(null, "", location.pathname + location.search);
  turns.say({ text: `redeem:${scanned}` }, t("web-chat-scanned"));
}

allowSoundAtFirstTouch();
start();
