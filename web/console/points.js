/**
 * All devices on one canvas over the map. Elements of their own would be too slow: ten thousand
 * points are drawn in some milliseconds and follow the map at every step of a drag. Points that
 * would lie on each other are put together by a 40 px grid; a cluster with an alarm shows ▲n.
 */
import { L } from "./leaflet.js";
import { STATES, kindName } from "./signs.js";
import { colour, onTheme } from "./theme.js";

const CELL = 40;
const ORDER = Object.keys(STATES);
const OFFLINE = ORDER.indexOf("offline");
const NORMAL = ORDER.indexOf("normal");

export const PointsLayer = L.Layer.extend({
  initialize() {
    this._points = new Map(); // device -> {x, y at zoom 0, properties, latlng}
    this._labels = [];
    this._kind = null;
    this._cells = [];
    this._selected = null;
  },

  onAdd(map) {
    this._canvas = L.DomUtil.create("canvas", "points", map.getContainer());
    this._canvas.setAttribute("role", "img");
    map.on("move resize", this._draw, this);
    map.on("zoom", this._regroup, this);
    onTheme(() => this._dip());
    this._dip();
    this._regroup();
  },

  upsert(features) {
    for (const { geometry, properties } of features) {
      const latlng = L.latLng(geometry.coordinates[1], geometry.coordinates[0]);
      const { x, y } = this._map.project(latlng, 0);
      this._points.set(properties.device, { x, y, latlng, properties, rank: ORDER.indexOf(properties.state) });
    }
    this._regroup();
  },

  reset(features) {
    this._points.clear();
    this.upsert(features);
  },

  describe(text) {
    this._canvas.setAttribute("aria-label", text);
  },

  showKind(kind) {
    this._kind = kind;
    this._regroup();
  },

  select(device) {
    this._selected = device;
    this._draw();
    return this._points.get(device) ?? null;
  },

  /** Names of buildings: [{text, latlng (under the house), width (of the house, in degrees)}]. */
  setLabels(labels) {
    this._labels = labels.map((label) => ({ ...label, ...this._map.project(label.latlng, 0) }));
    this._draw();
  },

  /** The cell drawn at this place of the map, or null. */
  hit({ x, y }) {
    const { min } = this._map.getPixelBounds();
    const distance = (cell) => Math.hypot(cell.x - min.x - x, cell.y - min.y - y);
    const near = this._cells.filter((cell) => distance(cell) < 22);
    return near.sort((a, b) => distance(a) - distance(b))[0] ?? null;
  },

  /** Takes the colours of the day or the night. */
  _dip() {
    const names = [...ORDER, "ground", "label", "ring"];
    this._colours = Object.fromEntries(names.map((name) => [name, colour(name)]));
    this._draw();
  },

  /** Which points share a cell depends on the zoom, the filter and the data, not on the drag. */
  _regroup() {
    this._stale = true;
    this._draw();
  },

  _group() {
    const scale = 2 ** this._map.getZoom();
    const grid = new Map();
    for (const point of this._points.values()) {
      if (this._kind && point.properties.kind !== this._kind) continue;
      const [x, y] = [point.x * scale, point.y * scale];
      const key = Math.floor(x / CELL) * 1e8 + Math.floor(y / CELL);
      let cell = grid.get(key);
      if (!cell) grid.set(key, (cell = { x: 0, y: 0, points: [], states: [0, 0, 0, 0] }));
      cell.points.push(point);
      point.cell = cell;
      cell.x += x;
      cell.y += y;
      cell.states[point.rank] += 1;
    }
    this._cells = [...grid.values()];
    for (const cell of this._cells) {
      cell.x /= cell.points.length;
      cell.y /= cell.points.length;
      cell.rank = shownRank(cell.states);
      cell.count = cell.rank < OFFLINE ? cell.states[cell.rank] : cell.points.length;
    }
    // The worst is drawn last and so lies on top.
    this._cells.sort((a, b) => b.rank - a.rank);
    this._stale = false;
  },

  _draw() {
    this._frame ??= requestAnimationFrame(() => {
      this._frame = null;
      this._paint();
    });
  },

  _paint() {
    if (this._stale) this._group();
    const size = this._map.getSize();
    const ratio = window.devicePixelRatio || 1;
    const canvas = this._canvas;
    if (canvas.width !== size.x * ratio || canvas.height !== size.y * ratio) {
      canvas.width = size.x * ratio;
      canvas.height = size.y * ratio;
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, size.x, size.y);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const { min } = this._map.getPixelBounds();
    const inside = (x, y) => x > -60 && y > -60 && x < size.x + 60 && y < size.y + 60;
    this._paintLabels(pen, min, inside);
    const named = this._map.getZoom() >= 18.5;
    const chosen = this._points.get(this._selected)?.cell;
    for (const cell of this._cells) {
      const [x, y] = [cell.x - min.x, cell.y - min.y];
      if (!inside(x, y)) continue;
      paintCell(pen, x, y, cell, named, this._colours);
      if (cell === chosen) paintRing(pen, x, y, this._colours.ring);
    }
  },

  _paintLabels(pen, min, inside) {
    const scale = 2 ** this._map.getZoom();
    pen.font = "12px sans-serif";
    pen.fillStyle = this._colours.label;
    for (const label of this._labels) {
      const [x, y] = [label.x * scale - min.x, label.y * scale - min.y];
      const room = (label.width / 360) * 256 * scale;
      if (inside(x, y) && room > 40 && pen.measureText(label.text).width < room * 1.35) pen.fillText(label.text, x, y + 9);
    }
  },
});

/** The worst state of a cell; yet one silent device does not make its neighbours look silent. */
function shownRank(states) {
  const worst = states.findIndex((count) => count > 0);
  return worst === OFFLINE && states[NORMAL] > 0 ? NORMAL : worst;
}

function paintCell(pen, x, y, { rank, points, count }, named, colours) {
  const state = ORDER[rank];
  const single = points.length === 1;
  const text = single ? (named ? [...kindName(points[0].properties.kind)][0] : "") : String(count);
  const radius = single && !named ? 6 : 12 + Math.min(4, Math.log10(points.length) * 2);
  const tint = colours[state];
  pen.beginPath();
  outline(pen, x, y, state, radius);
  pen.fillStyle = state === "offline" ? colours.ground : tint;
  pen.fill();
  pen.lineWidth = state === "offline" ? 2 : 1.5;
  pen.strokeStyle = state === "offline" ? tint : colours.ground;
  pen.stroke();
  if (!text) return;
  pen.fillStyle = state === "offline" ? tint : colours.ground;
  pen.font = `bold ${text.length > 3 ? 10 : 12}px sans-serif`;
  pen.fillText(text, x, state === "alarm" ? y + radius * 0.3 : y + 1);
}

/** ▲ alarm, ◆ handled, ● normal and ○ offline. */
function outline(pen, x, y, state, radius) {
  if (state === "alarm") {
    const reach = radius * 1.35;
    pen.moveTo(x, y - reach);
    pen.lineTo(x + reach, y + reach * 0.8);
    pen.lineTo(x - reach, y + reach * 0.8);
    pen.closePath();
  } else if (state === "handled") {
    const reach = radius * 1.25;
    pen.moveTo(x, y - reach);
    pen.lineTo(x + reach, y);
    pen.lineTo(x, y + reach);
    pen.lineTo(x - reach, y);
    pen.closePath();
  } else {
    pen.arc(x, y, radius, 0, Math.PI * 2);
  }
}

function paintRing(pen, x, y, tint) {
  pen.beginPath();
  pen.arc(x, y, 24, 0, Math.PI * 2);
  pen.lineWidth = 2.5;
  pen.strokeStyle = tint;
  pen.stroke();
}
