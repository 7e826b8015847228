/** Leaflet puts itself on the window; from here on it is an import like any other. */
import "/web/vendor/leaflet/leaflet.js";

export const { L } = window;
