/** The flats of a building as they lie, floor above floor; one is chosen and told of below. */
import { el } from "../shared/dom.js";
import { t } from "../shared/words.js";
import { STATES, stateSign } from "./signs.js";

const ORDER = Object.keys(STATES);

/** "2单元 501室" stands in its stair and on its floor already: 501 is enough. */
const short = (label) => label.match(/(\d+)\D*$/)?.[1] ?? label;

function worst(devices) {
  const [first] = devices.map((device) => device.state).sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  return first;
}

function cell(flat, choose) {
  const state = worst(flat.devices);
  const elders = flat.residents.some((one) => one.elder);
  const about = [flat.label, flat.use_text, t("web-flat-people", { count: flat.residents.length })].join(" · ");
  const node = el(
    "button",
    { type: "button", class: `cell ${flat.use}`, title: about, data: { flat: flat.id } },
    el("span", {}, short(flat.label)),
    el("span", { class: "aloud" }, about),
    state && el("span", { class: `sign ${state}`, "aria-hidden": "true" }, stateSign(state)),
    elders && el("span", { class: "elder", "aria-hidden": "true" }, t("web-flat-elder")),
  );
  node.addEventListener("click", () => choose(flat));
  return node;
}

/** `tell(flat)` gives what stands below once a flat is chosen; `first` is a flat's id. */
export function flatGrid(flats, tell, first) {
  const told = el("div", { class: "told", "aria-live": "polite" });
  const stairs = new Map();
  for (const flat of flats) {
    const floors = stairs.get(flat.stair) ?? stairs.set(flat.stair, new Map()).get(flat.stair);
    floors.set(flat.floor, [...(floors.get(flat.floor) ?? []), flat]);
  }
  const grid = el("div", { class: "stairs" });

  function choose(flat) {
    for (const node of grid.querySelectorAll(".cell")) node.setAttribute("aria-pressed", String(node.dataset.flat === flat.id));
    told.replaceChildren(tell(flat));
    told.scrollIntoView({ block: "nearest" });
  }

  for (const [stair, floors] of stairs) {
    const rows = [...floors].sort(([a], [b]) => b - a);
    grid.append(
      el(
        "section",
        {},
        el("h4", {}, t("web-flat-stair", { stair })),
        el(
          "ul",
          {},
          rows.map(([floor, some]) =>
            el("li", {}, el("span", { class: "floor" }, t("web-flat-floor", { floor })), some.map((flat) => cell(flat, choose))),
          ),
        ),
      ),
    );
  }
  const ringing = flats.find((flat) => worst(flat.devices) === "alarm");
  const start = flats.find((flat) => flat.id === first) ?? ringing;
  if (start) queueMicrotask(() => choose(start));
  else told.append(el("p", { class: "soft" }, t("web-flat-choose")));
  return [el("p", { class: "soft" }, t("web-flat-legend")), grid, told];
}
