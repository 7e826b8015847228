/** The command centre: one state, fed by one stream, shown as map, queue and figures. */
import { createClient } from "../shared/api.js";
import { byId } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";
import { follow } from "../shared/stream.js";
import { chooseLanguage, dayTime, fillWords, loadWords, otherLanguage, preferredLanguage, t } from "../shared/words.js";
import { createAccount } from "./account.js";
import { createFigures } from "./figures.js";
import { createFilter } from "./filter.js";
import { setUpKeys } from "./keys.js";
import { setUpLogin } from "./login.js";
import { createMap } from "./map.js";
import { createPages } from "./pages.js";
import { createPanel } from "./panel.js";
import { createQueue } from "./queue.js";
import { createReach } from "./reach.js";
import { createSearch } from "./search.js";
import { STATES, isWaiting } from "./signs.js";
import { createSiren } from "./siren.js";
import { setUpTheme, startTheme } from "./theme.js";
import { createTicketDialog } from "./ticket.js";
import { createVisitors } from "./visitors.js";
import { createWatch } from "./watch.js";

const STALE_MS = 5000;
const SUM_EVERY_MS = 250;
const LONGEST_PAUSE_MS = 1000; // the screen that lives are watched on does not wait longer to come back
const ORDER = Object.keys(STATES);

const client = createClient("console", { shared: true, onDenied: () => leave(t("web-console-logged-out")) });
const features = new Map(); // device -> GeoJSON feature
const tickets = new Map(); // id -> live ticket
const buildings = new Map(); // name, as the points say it -> {id, name, grid, flats, elders}
const now = () => Date.now() - clockAhead;
let heardAt = Date.now();
let clockAhead = 0; // this machine's clock against the server's: waiting times count by the server's

let map, queue, panel, dialog, filter, siren, reach, login, watch, figures, search, pages, visitors;
let stream = null;
let soon = null;

function openTicket(id) {
  const ticket = tickets.get(id);
  if (!ticket) return;
  pages.toMap();
  panel.close();
  queue.mark(id);
  dialog.open(ticket);
  map.select(ticket.device);
}

function openPoint(devices) {
  const [first] = devices;
  if (devices.length === 1 && tickets.has(first.ticket)) openTicket(first.ticket);
  else beside(() => panel.showDevices(devices));
}

/** Ticket and building share one place beside the map: whichever was wanted last is there. */
function beside(show) {
  byId("ticket").close();
  show();
}

function openBuilding(id, home) {
  const building = [...buildings.values()].find((one) => one.id === id);
  if (!building) return;
  pages.toMap();
  map.goToBuilding(id);
  beside(() => panel.showBuilding(building, home));
}

function openDevice(id) {
  pages.toMap();
  map.zoomTo(id);
  const feature = features.get(id);
  if (feature) openPoint([feature.properties]);
}

const houseOf = (device) => buildings.get(features.get(device)?.properties.building)?.id;

/** What the points add up to: the edges of the buildings and the map in one sentence. */
function showBuildings() {
  const count = Object.fromEntries(ORDER.map((state) => [state, 0]));
  const worst = new Map();
  for (const { properties } of features.values()) {
    count[properties.state] += 1;
    const shown = worst.get(properties.building);
    if (!shown || ORDER.indexOf(properties.state) < ORDER.indexOf(shown)) worst.set(properties.building, properties.state);
  }
  map.markBuildings((name) => worst.get(name));
  map.points.describe(t("web-console-map-said", { ...count, total: features.size }));
}

/** Changes come ten times a second; the sum over all points need not be drawn that often. */
function showBuildingsSoon() {
  soon ??= setTimeout(() => {
    soon = null;
    showBuildings();
  }, SUM_EVERY_MS);
}

function showTickets() {
  queue.show(tickets.values());
  const count = [...tickets.values()].filter(isWaiting).length;
  document.title = count ? t("web-console-page-alarms", { count }) : t("web-console-page");
  siren.update(waiting());
}

function showStats(stats) {
  figures.show(stats);
  queue.expect(stats.open + stats.acked + stats.resolved);
  filter.count(stats.devices);
}

function keepTicket(ticket) {
  const before = tickets.get(ticket.id);
  if (ticket.status === "closed") tickets.delete(ticket.id);
  else tickets.set(ticket.id, ticket);
  // A first alarm and one that comes back on a handled ticket are read out alike.
  if (isWaiting(ticket) && before?.epoch !== ticket.epoch) {
    byId("announce").textContent = t("web-console-new-alarm", { title: ticket.title, place: ticket.place });
  }
  dialog.update(ticket);
  showTickets();
}

const hear = {
  snapshot({ points, tickets: live, stats, reach: sums, watch: desk, masked, at }) {
    visitors.show(masked);
    clockAhead = Date.now() - Date.parse(at);
    features.clear();
    for (const feature of points.features) features.set(feature.properties.device, feature);
    map.points.reset(points.features);
    tickets.clear();
    for (const ticket of live) tickets.set(ticket.id, ticket);
    // What lies open beside the map may have changed, or ended, while nothing was heard.
    const open = tickets.get(dialog.shown());
    if (open) dialog.update(open);
    else byId("ticket").close();
    showBuildings();
    showTickets();
    showStats(stats);
    reach.show(sums);
    watch.show(desk);
  },
  points({ features: changed }) {
    for (const feature of changed) features.set(feature.properties.device, feature);
    map.points.upsert(changed);
    showBuildingsSoon();
  },
  ticket: keepTicket,
  stats: showStats,
  reach(sums) {
    reach.show(sums);
    pages.refresh("delivery");
  },
  watch: (desk) => watch.show(desk),
  ping() {},
};

function listen() {
  stream = follow("/api/console/stream", {
    headers: client.headers,
    silentMs: 10_000,
    longestPauseMs: LONGEST_PAUSE_MS,
    onEvent(name, data) {
      heardAt = Date.now();
      hear[name]?.(data);
    },
    onState(state) {
      if (state === "denied") leave(t("web-console-logged-out"));
    },
  });
}

/** Old data that looks live is worse than none: after five silent seconds the page says so. */
function watchAge() {
  const age = Date.now() - heardAt;
  const stale = byId("stale");
  stale.hidden = !stream || age < STALE_MS;
  // Map and queue fade too: a blue that may be old must not look like one that is true.
  byId("centre").classList.toggle("stale", !stale.hidden);
  if (stale.hidden) return;
  stale.textContent =
    age < 60_000
      ? t("web-console-stale", { seconds: Math.floor(age / 1000) })
      : t("web-console-stale-since", { time: dayTime(new Date(heardAt).toISOString()) });
}

async function loadBuildings() {
  const collection = await client.get("/api/console/buildings");
  for (const { properties } of collection.features) buildings.set(properties.name, properties);
  map.setBuildings(collection);
}

/** Built once, at the first entry: Leaflet wants to measure a map that is visible. */
function furnish() {
  const me = () => client.me.person;
  queue = createQueue({ onOpen: openTicket, onSelect: (device) => map.select(device), now });
  map = createMap(byId("map"), { onPoint: openPoint, onBuilding: ({ id }) => openBuilding(id) });
  panel = createPanel(client, { buildingOf: (name) => buildings.get(name), onTicket: openTicket });
  dialog = createTicketDialog(client, {
    onTicket: keepTicket,
    onLocate: (device) => map.zoomTo(device),
    onBuilding: (device) => openBuilding(houseOf(device)),
    now,
    me,
    may,
  });
  byId("ticket").addEventListener("close", () => queue.mark(null));
  filter = createFilter((kind) => map.points.showKind(kind));
  figures = createFigures((status) => queue.filter(status));
  siren = createSiren(client, now);
  reach = createReach();
  visitors = createVisitors(client, { onChange: lookAnew });
  createAccount(client, visitors);
  pages = createPages(client);
  watch = createWatch(client, me);
  search = createSearch(client, { building: openBuilding, device: openDevice });
  setUpKeys({
    G: { words: "web-keys-oldest", act: () => queue.focusOldest() },
    J: { words: "web-keys-next", act: () => queue.move(1) },
    K: { words: "web-keys-before", act: () => queue.move(-1) },
    A: { words: "web-keys-claim", act: () => claim() },
    Enter: { words: "web-keys-open" },
    V: { words: "web-keys-visitors", act: () => visitors.begin() },
    M: { words: "web-keys-mute", act: () => byId("mute").click() },
    "/": { words: "web-keys-search", act: () => search.focus() },
    Escape: { words: "web-keys-close", act: () => ["ticket", "panel"].forEach((id) => byId(id).close()) },
  });
  setInterval(() => {
    watchAge();
    queue.tick();
    dialog.tick();
    siren.update(waiting());
  }, 1000);
}

/** With visitors coming or going whatever is open closes, and the stream begins anew. */
function lookAnew() {
  for (const node of document.querySelectorAll("dialog[open]")) node.close();
  if (!stream) return;
  stream.stop();
  listen();
}

const may = (what) => client.me?.may?.includes(what) ?? false;

/** The alarms that whoever looks can do something about: only for those it rings. */
const waiting = () => (may("tickets.dispatch") ? [...tickets.values()].filter(isWaiting) : []);

/** Who looks after accounts has no map and no queue to watch. */
const watches = () => client.me.kind === "wall" || client.me.may.includes("map.read");

/** The ticket that has the focus in the queue, else the one that is open beside the map. */
function claim() {
  const ticket = queue.focused() ?? tickets.get(dialog.shown());
  if (ticket) dialog.claim(ticket);
}

async function enter() {
  document.body.classList.toggle("on-wall", client.me.kind === "wall");
  byId("centre").classList.toggle("no-map", !watches());
  byId("centre").hidden = false;
  byId("watch").textContent = t("web-console-on-watch", { name: client.me.name });
  if (!map) furnish();
  byId("mute").hidden = !may("tickets.dispatch");
  byId("hand-over").hidden = !may("watch.keep");
  visitors.show(client.me.masked);
  if (!watches() && !location.hash.startsWith("#/list/")) history.replaceState(null, "", "#/list/");
  pages.show();
  if (!watches()) return;
  heardAt = Date.now();
  try {
    await loadBuildings();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) return leave(t("web-console-logged-out"));
    // The queue matters more than the outlines: it starts, the outlines are asked for again.
    setTimeout(() => client.known && loadBuildings().catch(console.error), STALE_MS);
  }
  listen();
}

function leave(reason) {
  stream?.stop();
  stream = null;
  client.forget();
  tickets.clear();
  siren?.update([]);
  siren?.forget();
  for (const node of document.querySelectorAll("dialog[open]")) node.close();
  pages?.leave();
  byId("centre").hidden = true;
  document.title = t("web-console-page");
  login.ask(reason);
}

async function start() {
  startTheme();
  await loadWords(preferredLanguage());
  fillWords();
  setUpTheme(byId("theme"));
  login = setUpLogin(client, enter);
  byId("language").lang = otherLanguage();
  byId("language").addEventListener("click", () => chooseLanguage(otherLanguage()));
  byId("log-out").addEventListener("click", async () => {
    // The tab forgets in any case; a server that can't be reached lets the session run out.
    await client.post("/api/console/logout").catch(() => null);
    leave();
  });
  await login.begin();
}

start();
