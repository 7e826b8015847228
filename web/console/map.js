/** The map: the outlines of the buildings on a plain ground (no tile server), the devices above. */
import { el } from "../shared/dom.js";
import { t } from "../shared/words.js";
import { L } from "./leaflet.js";
import { PointsLayer } from "./points.js";
import { colour, onTheme } from "./theme.js";

const CLOSEST = 21;
const PANEL_WIDTH = 520;
const NOT_DRAWN = 0.00007; // degrees: half the side of the square for a building without an outline

/** A building wears the edge of the worst state among its devices. */
function houseStyle(state, drawn) {
  const urgent = state === "alarm" || state === "handled";
  return {
    color: colour(urgent ? state : "house-edge"),
    weight: urgent ? 2 : 1,
    fillColor: colour("house"),
    fillOpacity: 1,
    dashArray: drawn ? null : "3 3",
  };
}

/** A building that nobody has drawn yet is a small square. */
function shape(feature) {
  if (feature.geometry.type !== "Point") return feature;
  const [lon, lat] = feature.geometry.coordinates;
  const [left, right, low, high] = [lon - NOT_DRAWN, lon + NOT_DRAWN, lat - NOT_DRAWN, lat + NOT_DRAWN];
  const ring = [[left, low], [right, low], [right, high], [left, high], [left, low]];
  return { ...feature, properties: { ...feature.properties, drawn: false }, geometry: { type: "Polygon", coordinates: [ring] } };
}

/**
 * `onPoint(points)` is told which devices were chosen, `onBuilding(properties)` which building.
 * Zooming jumps instead of flying: an operator reads the map, nobody admires it.
 */
export function createMap(node, { onPoint, onBuilding }) {
  const map = L.map(node, {
    crs: L.CRS.EPSG3857,
    zoomControl: false,
    attributionControl: false,
    zoomAnimation: false,
    fadeAnimation: false,
    zoomSnap: 0.5,
    maxZoom: CLOSEST,
  }).setView([0, 0], 1);
  L.control.zoom({ zoomInTitle: t("web-console-zoom-in"), zoomOutTitle: t("web-console-zoom-out") }).addTo(map);
  const whole = L.control({ position: "topleft" });
  const points = new PointsLayer().addTo(map);
  const houses = new Map(); // building id -> its outline
  let stateOf = () => "normal";
  let tiles = null;
  let home = null;
  let seen = null; // centre and zoom of the whole community, as last shown

  function goHome() {
    if (!home) return;
    map.setMinZoom(0);
    map.fitBounds(home, { animate: false });
    map.setMinZoom(map.getZoom() - 1);
    seen = { center: map.getCenter(), zoom: map.getZoom() };
  }

  whole.onAdd = () => {
    const bar = L.DomUtil.create("div", "leaflet-bar");
    const link = L.DomUtil.create("a", "whole", bar);
    link.href = "#map";
    link.append(el("img", { src: "/web/console/whole.svg", alt: "", width: 18, height: 18 }));
    link.title = t("web-console-whole");
    link.setAttribute("role", "button");
    link.setAttribute("aria-label", t("web-console-whole"));
    L.DomEvent.disableClickPropagation(bar);
    L.DomEvent.on(link, "click", (event) => {
      L.DomEvent.preventDefault(event);
      goHome();
    });
    return bar;
  };
  whole.addTo(map);

  /** How much of the right side lies under what is open beside the map. */
  function covered() {
    const open = node.parentElement.querySelector("dialog[open]");
    const width = open ? open.getBoundingClientRect().width : 0;
    return width < map.getSize().x / 1.5 ? width : 0;
  }

  /** A point lies over its building: the click is for the point, if there is one. */
  function pointAt(event) {
    const cell = points.hit(event.containerPoint);
    if (!cell) return false;
    const bounds = L.latLngBounds(cell.points.map((point) => point.latlng));
    const apart = map.project(bounds.getNorthWest(), CLOSEST).distanceTo(map.project(bounds.getSouthEast(), CLOSEST));
    if (cell.points.length > 1 && apart > 60 && map.getZoom() < CLOSEST) map.fitBounds(bounds, { padding: [80, 80] });
    else onPoint(cell.points.map((point) => point.properties));
    return true;
  }

  map.on("click", pointAt);
  map.on("mousemove", (event) => {
    node.classList.toggle("over-point", points.hit(event.containerPoint) !== null);
  });
  // Who has not moved the map keeps the whole community in sight when the window changes.
  new ResizeObserver(() => {
    const untouched = seen?.zoom === map.getZoom() && seen.center.equals(map.getCenter());
    map.invalidateSize({ animate: false });
    if (untouched) goHome();
  }).observe(node);

  function setTiles(wanted) {
    tiles?.remove();
    tiles = wanted && L.tileLayer(wanted.url, { attribution: wanted.attribution, maxZoom: CLOSEST, maxNativeZoom: 19 }).addTo(map);
    if (wanted?.attribution) L.control.attribution({ prefix: false }).addTo(map);
  }

  function paint() {
    for (const outline of houses.values()) {
      const { name, drawn } = outline.feature.properties;
      outline.setStyle(houseStyle(stateOf(name), drawn !== false));
    }
  }
  onTheme(paint);

  function setBuildings(collection) {
    // After another log-in they come again.
    for (const outline of houses.values()) outline.remove();
    houses.clear();
    setTiles(collection.tiles);
    const layer = L.geoJSON({ ...collection, features: collection.features.map(shape) }, {
      onEachFeature(feature, outline) {
        houses.set(feature.properties.id, outline);
        outline.on("click", (event) => {
          L.DomEvent.stopPropagation(event);
          if (!pointAt(event)) onBuilding(feature.properties);
        });
      },
    }).addTo(map);
    paint();
    if (!layer.getBounds().isValid()) return;
    home = layer.getBounds().pad(0.05);
    goHome();
    map.setMaxBounds(home.pad(0.8));
    points.setLabels(
      [...houses.values()].map((outline) => {
        const bounds = outline.getBounds();
        const latlng = L.latLng(bounds.getSouth(), bounds.getCenter().lng);
        return { text: outline.feature.properties.name, latlng, width: bounds.getEast() - bounds.getWest() };
      }),
    );
  }

  return {
    points,
    setBuildings,
    /** `worst(name)` is the worst state among a building's devices. */
    markBuildings(worst) {
      stateOf = worst;
      paint();
    },
    select(device) {
      const point = points.select(device);
      if (point) map.panInside(point.latlng, { paddingTopLeft: [60, 60], paddingBottomRight: [60 + covered(), 60], animate: false });
    },
    zoomTo(device) {
      const point = points.select(device);
      if (!point) return;
      map.setView(point.latlng, 19, { animate: false });
      map.panBy([covered() / 2, 0], { animate: false });
    },
    goToBuilding(id) {
      const outline = houses.get(id);
      if (!outline) return;
      map.fitBounds(outline.getBounds().pad(1), { maxZoom: 19, paddingBottomRight: [PANEL_WIDTH < map.getSize().x / 1.5 ? PANEL_WIDTH : 0, 0] });
    },
  };
}
