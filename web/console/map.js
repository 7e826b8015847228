/** The map: the outlines of the buildings on a plain ground (no tile server), the devices above. */
import { el } from "../shared/dom.js";
import { t } from "../shared/words.js";
import { L } from "./leaflet.js";
import { PointsLayer } from "./points.js";

const CLOSEST = 21;
const PANEL_WIDTH = 440;
const HOUSE = { color: "#4b6175", weight: 1, fillColor: "#24323f", fillOpacity: 1 };
const HOUSE_COLOURS = { alarm: "#ff5a4f", handled: "#f5b83d" };

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

  function setBuildings(collection) {
    // After another log-in they come again.
    for (const outline of houses.values()) outline.remove();
    houses.clear();
    const layer = L.geoJSON(collection, {
      style: () => HOUSE,
      onEachFeature(feature, outline) {
        houses.set(feature.properties.id, outline);
        outline.on("click", (event) => {
          L.DomEvent.stopPropagation(event);
          if (!pointAt(event)) onBuilding(feature.properties);
        });
      },
    }).addTo(map);
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
    /** A building wears the edge of the worst state among its devices. */
    markBuildings(stateOf) {
      for (const outline of houses.values()) {
        const edge = HOUSE_COLOURS[stateOf(outline.feature.properties.name)];
        outline.setStyle({ color: edge ?? HOUSE.color, weight: edge ? 2 : 1 });
      }
    },
    select(device) {
      const point = points.select(device);
      if (point && !map.getBounds().pad(-0.1).contains(point.latlng)) map.panTo(point.latlng, { animate: false });
    },
    zoomTo(device) {
      const point = points.select(device);
      if (point) map.setView(point.latlng, 19, { animate: false });
    },
    goToBuilding(id) {
      const outline = houses.get(id);
      if (!outline) return;
      // The panel lies over the right side: the building is shown in what is left.
      const panel = map.getSize().x > 800 ? PANEL_WIDTH : 0;
      map.fitBounds(outline.getBounds().pad(1), { maxZoom: 19, paddingBottomRight: [panel, 0] });
    },
  };
}
