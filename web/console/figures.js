/** The community in figures, as the server counts them; each leads to what it counts. */
import { byId, el } from "../shared/dom.js";
import { number, t } from "../shared/words.js";


function duration(seconds) {
  if (seconds === null) return t("web-figure-none");
  if (seconds < 90) return t("web-figure-seconds", { seconds: Math.round(seconds) });
  return t("web-figure-minutes", { minutes: number(Math.round(seconds / 6) / 10) });
}

/** [name, label, value, note, address]; an address with # is a list, one with ! a filter here. */
function rows(stats) {
  const devices = Object.values(stats.devices);
  const sum = (field) => devices.reduce((total, kind) => total + kind[field], 0);
  const share = stats.population ? Math.round((100 * stats.elders) / stats.population) : 0;
  const median = t("web-figure-median");
  const [largest] = stats.groups;
  const broken = t("web-figure-devices-alarm", { alarm: sum("alarm"), offline: sum("offline") });
  return [
    ["population", "web-figure-population", number(stats.population), null, "#/list/people"],
    ["elders", "web-figure-elders", number(stats.elders), t("web-figure-share", { percent: share }), "#/list/people?age=60"],
    ["groups", "web-figure-groups", number(stats.grouped), largest && `${largest.name} ${number(largest.count)}`, "#/list/people?groups=any"],
    ["devices", "web-figure-devices", number(sum("total")), broken, "#/list/devices"],
    [stats.open ? "waiting" : "open", "web-figure-open", number(stats.open), null, "!open"],
    ["acked", "web-figure-acked", number(stats.acked), null, "!acked"],
    ["resolved", "web-figure-resolved", number(stats.resolved), null, "!resolved"],
    ["closed", "web-figure-closed", number(stats.closed_today), null, "#/list/tickets?closed=today"],
    ["ack", "web-figure-ack-median", duration(stats.ack_seconds_median), median, "#/list/tickets?sort=acked"],
    ["close", "web-figure-close-median", duration(stats.close_seconds_median), median, "#/list/tickets?sort=closed"],
    ["duty", "web-figure-on-duty", number(stats.workers_on_duty), null, "#/list/duty"],
    ["activities", "web-figure-activities", number(stats.activities), t("web-figure-week"), "#/list/activities"],
    ["points", "web-figure-points", number(stats.points), t("web-figure-points-held"), "#/list/points"],
  ];
}

/** `onStatus(status)` shows the tickets of one status in the queue. */
export function createFigures(onStatus) {
  const list = byId("figures");
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) onStatus(button.dataset.status);
  });
  const shown = new Map(); // label -> what stands there: what has not changed stays, with its focus

  function figure([name, label, value, note, address]) {
    const content = [value, note && el("small", {}, note)];
    const act = address.startsWith("!")
      ? el("button", { type: "button", data: { status: address.slice(1) } }, content)
      : el("a", { href: address }, content);
    return el("div", { data: { figure: name } }, el("dt", {}, t(label)), el("dd", {}, act));
  }

  return {
    show(stats) {
      for (const row of rows(stats)) {
        const key = JSON.stringify(row);
        const known = shown.get(row[1]);
        if (known?.key === key) continue;
        const node = figure(row);
        if (known) known.node.replaceWith(node);
        else list.append(node);
        shown.set(row[1], { key, node });
      }
    },
  };
}
