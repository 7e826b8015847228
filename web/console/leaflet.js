/** Leaflet as one name, as its own documentation writes it; fetched at set-up, not committed. */
import * as L from "/web/vendor/leaflet/leaflet-src.esm.js";

export { L };
