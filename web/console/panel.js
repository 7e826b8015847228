/** Beside the map: a building with its flats and who lives there, or the devices of one place. */
import { byId, el } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";
import { t } from "../shared/words.js";
import { flatGrid } from "./flats.js";
import { STATES, kindName, stateName, stateSign } from "./signs.js";

const ORDER = Object.keys(STATES);

export function createPanel(client, { buildingOf, onTicket }) {
  const panel = byId("panel");
  let wanted = null; // the building asked for last: a slow answer for an earlier one is not shown

  panel.addEventListener("keydown", (event) => event.key === "Escape" && panel.close());
  panel.addEventListener("close", () => (wanted = null));

  function open(title, ...content) {
    const shut = el("button", { type: "button", class: "button close", "aria-label": t("web-console-close") }, "✕");
    shut.addEventListener("click", () => panel.close());
    panel.replaceChildren(el("header", {}, el("h2", { id: "panel-title" }, title), shut), ...content.filter(Boolean));
    // Not modal: the queue and the map stay in reach while it is read.
    if (!panel.open) panel.show();
    panel.scrollTop = 0;
  }

  function deviceRow(device) {
    const text = [
      el("span", { class: `sign ${device.state}`, "aria-hidden": "true" }, stateSign(device.state)),
      el("span", {}, device.name || kindName(device.kind)),
      el("span", { class: "soft" }, `${kindName(device.kind)} · ${stateName(device.state)}`),
    ];
    if (!device.ticket) return el("li", { class: "device" }, text);
    const button = el("button", { type: "button", class: "device" }, text);
    button.addEventListener("click", () => onTicket(device.ticket));
    return el("li", {}, button);
  }

  function resident({ id, name, groups }) {
    const shown = el("span", { class: "name" }, name);
    const look = t("web-building-open");
    const open = el("button", { type: "button", class: "button", title: t("web-building-open-noted") }, look);
    open.addEventListener("click", () => openPerson(id, shown, open));
    return el("li", {}, shown, groups.map((group) => el("span", { class: "group" }, group)), open);
  }

  /** Shows whole name and telephone; that it was done is written down there, for the person to read. */
  async function openPerson(id, shown, button) {
    button.disabled = true;
    try {
      const { name, phone } = await client.post(`/api/console/people/${encodeURIComponent(id)}/open`);
      shown.textContent = `${name} ${phone || t("web-building-no-phone")}`;
      button.remove();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      button.disabled = false;
      button.after(el("span", { role: "alert" }, error.message));
    }
  }

  function flat({ label, use, use_text: useText, residents, devices }) {
    const nobody = use !== "vacant" && el("p", { class: "soft" }, t("web-building-nobody"));
    return el(
      "section",
      { class: `flat ${use}` },
      el("h3", {}, label, el("span", { class: "use" }, useText)),
      residents.length ? el("ul", { class: "residents" }, residents.map(resident)) : nobody,
      devices.length > 0 && el("ul", { class: "devices" }, devices.map(deviceRow)),
    );
  }

  /** `outline`: what the map knows of it; flats and people are asked for when they are wanted. `home` is shown first. */
  async function showBuilding(outline, home = null) {
    wanted = outline.id;
    open(outline.name, el("p", { class: "soft" }, t("web-building-loading")));
    let building;
    try {
      building = await client.get(`/api/console/buildings/${encodeURIComponent(outline.id)}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      open(outline.name, el("p", { role: "alert" }, error.message));
      return;
    }
    if (wanted !== outline.id) return;
    open(
      outline.name,
      el("p", { class: "soft" }, t("web-building-figures", outline)),
      el("h3", {}, t("web-building-flats")),
      ...(building.flats.length ? flatGrid(building.flats, flat, home) : [el("p", { class: "soft" }, t("web-building-no-flats"))]),
      building.devices.length > 0 && el("h3", {}, t("web-building-devices")),
      building.devices.length > 0 && el("ul", { class: "devices" }, building.devices.map(deviceRow)),
    );
  }

  return {
    showBuilding,
    close: () => panel.close(),

    /** The devices that lie on one spot of the map, the worst first. */
    showDevices(devices) {
      const sorted = [...devices].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
      const buildings = new Set(devices.map((device) => buildingOf(device.building)).filter(Boolean));
      const doors = [...buildings].map((building) => {
        const words = t("web-console-cluster-building", { name: building.name });
        const button = el("button", { type: "button", class: "button" }, words);
        button.addEventListener("click", () => showBuilding(building));
        return button;
      });
      open(
        t("web-console-cluster"),
        el("p", { class: "soft" }, t("web-console-cluster-count", { count: devices.length })),
        el("ul", { class: "devices" }, sorted.map(deviceRow)),
        doors.length > 0 && el("p", { class: "doors" }, doors),
      );
    },
  };
}
