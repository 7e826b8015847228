/** Leaflet as one name, as its own documentation writes it; fetched at set-up, not committed. */
import "/web/vendor/leaflet/leaflet.js"; // its small build knows no modules and leaves a global name

export const { L } = globalThis;
