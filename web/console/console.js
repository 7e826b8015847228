/** The command centre: one state, fed by one stream, shown as map, queue and figures. */
import { createClient } from "../shared/api.js";
import { byId, el } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";
import { follow } from "../shared/stream.js";
import { chooseLanguage, dayTime, fillWords, loadWords, otherLanguage, preferredLanguage, t } from "../shared/words.js";
import { createAccount } from "./account.js";
import { showFigures } from "./figures.js";
import { createFilter } from "./filter.js";
import { setUpLogin } from "./login.js";
import { createMap } from "./map.js";
import { createPages } from "./pages.js";
import { createPanel } from "./panel.js";
import { createQueue } from "./queue.js";
import { createReach } from "./reach.js";
import { STATES, isWaiting } from "./signs.js";
import { createSiren } from "./siren.js";
import { createTicketDialog } from "./ticket.js";
import { createVisitors } from "./visitors.js";

const STALE_MS = 5000;
const SUM_EVERY_MS = 250;
const ORDER = Object.keys(STATES);

const client = createClient("console", { shared: true });
const features = new Map(); // device -> GeoJSON feature
const tickets = new Map(); // id -> live ticket
const buildings = new Map(); // name, as the points say it -> {id, name, grid, flats, elders}
let heardAt = Date.now();
let clockAhead = 0; // this machine's clock against the server's: waiting times count by the server's

let map, queue, panel, dialog, filter, siren, reach, login, visitors, pages;
let stream = null;
let soon = null;

function openTicket(id) {
  const ticket = tickets.get(id);
  if (!ticket) return;
  map.select(ticket.device);
  dialog.open(ticket);
}

function openPoint(devices) {
  const [first] = devices;
  if (devices.length === 1 && tickets.has(first.ticket)) openTicket(first.ticket);
  else panel.showDevices(devices);
}

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
  const waiting = [...tickets.values()].filter(isWaiting).length;
  document.title = waiting ? t("web-console-page-alarms", { count: waiting }) : t("web-console-page");
  siren.update(waiting > 0);
}

function showStats(stats) {
  showFigures(stats);
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
  snapshot({ points, tickets: live, stats, reach: sums, masked, at }) {
    visitors.show(masked);
    clockAhead = Date.now() - Date.parse(at);
    features.clear();
    for (const feature of points.features) features.set(feature.properties.device, feature);
    map.points.reset(points.features);
    tickets.clear();
    for (const ticket of live) tickets.set(ticket.id, ticket);
    showBuildings();
    showTickets();
    showStats(stats);
    reach.show(sums);
  },
  points({ features: changed }) {
    for (const feature of changed) features.set(feature.properties.device, feature);
    map.points.upsert(changed);
    showBuildingsSoon();
  },
  ticket: keepTicket,
  stats: showStats,
  reach: (sums) => reach.show(sums),
  ping() {},
};

function listen() {
  stream = follow("/api/console/stream", {
    headers: client.headers,
    silentMs: 10_000,
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
  const choice = byId("building-choice");
  const sorted = [...buildings.values()].sort((a, b) => a.name.localeCompare(b.name, "zh-CN", { numeric: true }));
  const options = sorted.map(({ name }) => el("option", { value: name }, name));
  choice.replaceChildren(el("option", { value: "" }, t("web-console-find-building-hint")), ...options);
}

function openBuilding(name) {
  const building = buildings.get(name);
  map.goToBuilding(building.id);
  panel.showBuilding(building);
}

/** Built once, at the first entry: Leaflet wants to measure a map that is visible. */
function furnish() {
  queue = createQueue({ onOpen: openTicket, onSelect: (device) => map.select(device), now: () => Date.now() - clockAhead });
  map = createMap(byId("map"), { onPoint: openPoint, onBuilding: (building) => panel.showBuilding(building) });
  panel = createPanel(client, { buildingOf: (name) => buildings.get(name), onTicket: openTicket });
  dialog = createTicketDialog(client, { onTicket: keepTicket, onLocate: (device) => map.zoomTo(device) });
  filter = createFilter((kind) => map.points.showKind(kind));
  siren = createSiren();
  reach = createReach(client);
  visitors = createVisitors(client, { onChange: lookAnew });
  createAccount(client, visitors);
  pages = createPages(client);
  byId("building-choice").addEventListener("change", ({ target }) => target.value && openBuilding(target.value));
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, dialog[open]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() === "g") queue.focusOldest();
    if (event.key.toLowerCase() === "v") visitors.begin();
  });
  setInterval(() => {
    watchAge();
    queue.tick();
    siren.update([...tickets.values()].some(isWaiting));
  }, 1000);
}

/** With visitors coming or going whatever is open closes, and the stream begins anew. */
function lookAnew() {
  for (const node of document.querySelectorAll("dialog[open]")) node.close();
  if (!stream) return;
  stream.stop();
  listen();
}

/** Who looks after accounts has no map and no queue to watch. */
const watches = () => client.me.kind === "wall" || client.me.may.includes("map.read");

async function enter() {
  document.body.classList.toggle("on-wall", client.me.kind === "wall");
  byId("centre").classList.toggle("no-map", !watches());
  byId("centre").hidden = false;
  byId("watch").textContent = t("web-console-on-watch", { name: client.me.name });
  if (!map) furnish();
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
  siren?.update(false);
  byId("ticket").close();
  byId("panel").close();
  byId("unreached").close();
  pages?.leave();
  byId("centre").hidden = true;
  document.title = t("web-console-page");
  login.ask(reason);
}

async function start() {
  await loadWords(preferredLanguage());
  fillWords();
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
