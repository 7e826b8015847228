/** Tap a kind of device, see only its points; tap it again, see all. Beside it the legend. */
import { byId, el } from "../shared/dom.js";
import { t } from "../shared/words.js";
import { KINDS, STATES, kindName, stateName } from "./signs.js";

const sum = (kinds, field) => kinds.reduce((total, kind) => total + kind[field], 0);

export function createFilter(onKind) {
  const bar = byId("kinds");
  let chosen = null;

  const button = (kind, label) => {
    const node = el("button", { type: "button", class: "kind", data: { kind: kind ?? "" } }, el("span", {}, label), el("span", { class: "total" }), el("b"));
    node.addEventListener("click", () => {
      chosen = chosen === kind ? null : kind;
      mark();
      onKind(chosen);
    });
    return node;
  };
  const buttons = [button(null, t("web-console-all-kinds")), ...KINDS.map((kind) => button(kind, kindName(kind)))];

  function mark() {
    for (const node of buttons) node.setAttribute("aria-pressed", String(node.dataset.kind === (chosen ?? "")));
  }

  bar.replaceChildren(...buttons);
  mark();
  byId("legend").replaceChildren(
    ...Object.keys(STATES).map((state) =>
      el("li", { class: state }, el("span", { class: "sign", "aria-hidden": "true" }, STATES[state].sign), stateName(state)),
    ),
  );

  return {
    /** How many there are of each, and how many of them ring. */
    count(devices) {
      const all = Object.values(devices);
      for (const node of buttons) {
        const kind = node.dataset.kind;
        const counted = kind ? [devices[kind] ?? { total: 0, alarm: 0 }] : all;
        const ringing = sum(counted, "alarm");
        node.querySelector(".total").textContent = sum(counted, "total");
        node.lastChild.textContent = ringing ? `${STATES.alarm.sign}${ringing}` : "";
        node.hidden = Boolean(kind) && counted[0].total === 0;
      }
    },
  };
}
