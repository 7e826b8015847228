/** The own grids: kinds to choose from, the map, the points with red first, and one of them opened. */
import { L } from "../console/leaflet.js";
import { PointsLayer } from "../console/points.js";
import { KINDS, STATES, kindName, stateName, stateSign } from "../console/signs.js";
import { byId, el, safeUrl } from "../shared/dom.js";
import { clockTime, t } from "../shared/words.js";

const HOUSE = { color: "#4b6175", weight: 1, fillColor: "#24323f", fillOpacity: 1, interactive: false };
const ORDER = Object.keys(STATES);
const SHOWN = 60;

export function createGrid({ ask, send, say, explain, key, refresh }) {
  const map = L.map(byId("map"), { zoomControl: false, attributionControl: false, zoomAnimation: false, fadeAnimation: false });
  map.setView([0, 0], 1);
  const layer = new PointsLayer().addTo(map);
  const houses = L.layerGroup().addTo(map);
  let points = [];
  let kind = null;
  let drawn = false;

  map.on("click", ({ latlng }) => {
    const cell = layer.hit(map.project(latlng));
    if (!cell) return;
    if (cell.points.length === 1 || map.getZoom() >= 20) open(cell.points[0].properties);
    else map.setView(L.latLngBounds(cell.points.map((one) => one.latlng)).getCenter(), map.getZoom() + 2, { animate: false });
  });

  function update(data) {
    points = data.points;
    layer.reset(points);
    if (!drawn) draw(data.buildings);
    chips();
    list();
  }

  /** The ground is drawn once; the map begins with everything that is the worker's. */
  function draw(buildings) {
    drawn = true;
    for (const { geometry } of buildings) {
      L.polygon(geometry.coordinates[0].map(([lon, lat]) => [lat, lon]), HOUSE).addTo(houses);
    }
    const all = points.map(({ geometry }) => [geometry.coordinates[1], geometry.coordinates[0]]);
    if (all.length) map.fitBounds(L.latLngBounds(all), { padding: [16, 16], maxZoom: 18, animate: false });
  }

  function chips() {
    const counts = new Map();
    for (const { properties } of points) {
      const one = counts.get(properties.kind) ?? { all: 0, alarm: 0 };
      one.all += 1;
      if (properties.state === "alarm") one.alarm += 1;
      counts.set(properties.kind, one);
    }
    const chip = (value, name, { all, alarm }) =>
      el("button", {
        type: "button", class: alarm ? "button danger" : "button", "aria-pressed": String(kind === value),
        data: { kind: value ?? "" }, onclick: () => choose(value),
      }, alarm ? `${name} ${STATES.alarm.sign}${alarm}` : `${name} ${all}`);
    const alarms = points.filter(({ properties }) => properties.state === "alarm").length;
    byId("kinds").replaceChildren(
      chip(null, t("web-field-all"), { all: points.length, alarm: alarms }),
      ...KINDS.filter((one) => counts.has(one)).map((one) => chip(one, kindName(one), counts.get(one))),
    );
  }

  function choose(value) {
    kind = value;
    layer.showKind(value);
    chips();
    list();
    byId("points").scrollTop = 0;
  }

  /** Of everything only what wants somebody; of a kind each point. */
  function list() {
    const some = points
      .map(({ properties }) => properties)
      .filter((one) => (kind ? one.kind === kind : one.state !== "normal"))
      .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
      .slice(0, kind ? undefined : SHOWN);
    byId("empty").hidden = some.length > 0;
    byId("points").replaceChildren(...some.map(row));
  }

  const row = (one) =>
    el("li", {}, el("button", { type: "button", class: "point", data: { device: one.device, state: one.state }, onclick: () => open(one) },
      el("span", { class: `sign ${one.state}`, "aria-hidden": "true" }, stateSign(one.state)),
      el("span", {}, el("strong", {}, named(one)), el("span", { class: "soft" }, [one.title || stateName(one.state), standing(one)].filter(Boolean).join(" · ")))));

  function standing(one) {
    if (one.mine) return t("web-field-mine");
    if (one.taken_by) return t("web-field-by", { name: one.taken_by });
    return one.opened_at ? t("web-field-since", { time: clockTime(one.opened_at) }) : "";
  }

  const named = (one) => (one.drill ? `${t("web-field-drill")}${one.name}` : one.name);

  async function open(one) {
    layer.select(one.device);
    const deeds = el("div", { class: "deeds" });
    const waits = one.ticket && one.status === "open";
    if (waits) deeds.append(button("web-field-take", "take", () => take(one), "primary"));
    if (one.ticket) deeds.append(link("web-field-people", `/field/tickets/${one.ticket}?key=${encodeURIComponent(key)}`));
    deeds.append(link("web-field-way", one.way));
    byId("point").replaceChildren(
      el("h2", { id: "point-title" }, el("span", { class: `sign ${one.state}`, "aria-hidden": "true" }, stateSign(one.state)), ` ${named(one)}`),
      el("p", {}, [kindName(one.kind), one.title || stateName(one.state), standing(one)].filter(Boolean).join(" · ")),
      deeds,
      button("web-field-close", "close", () => byId("point").close()),
    );
    if (!byId("point").open) byId("point").showModal();
    if (waits) await offer(one, deeds);
  }

  /** Who may send others is shown whom; anybody else is asked nothing. */
  async function offer(one, deeds) {
    const { workers } = await ask(`/api/field/tickets/${one.ticket}/workers`).catch(() => ({ workers: [] }));
    if (!workers.length) return;
    const choice = el("select", { "aria-label": t("web-field-send-to") },
      ...workers.map((who) => el("option", { value: who.id }, who.on_duty ? `${who.name} · ${t("web-field-on-duty")}` : who.name)));
    deeds.append(el("div", { class: "send" }, choice, button("web-field-send", "send", () => dispatch(one, choice))));
  }

  const take = (one) => attempt(() => send(`/api/field/tickets/${one.ticket}/take`), () => t("web-field-taken"));

  const dispatch = (one, choice) =>
    attempt(() => send(`/api/field/tickets/${one.ticket}/dispatch`, { worker: choice.value }),
      () => t("web-field-sent", { name: choice.selectedOptions[0].textContent }));

  async function attempt(work, words) {
    try {
      await work();
      say(words());
    } catch (error) {
      explain(error);
    }
    byId("point").close();
    await refresh();
  }

  const button = (words, deed, onclick, style = "") =>
    el("button", { type: "button", class: `button ${style}`, data: { deed }, onclick }, t(words));
  const link = (words, url) => el("a", { class: "button", href: safeUrl(url) }, t(words));

  byId("point").addEventListener("close", () => layer.select(null));
  return { update };
}
