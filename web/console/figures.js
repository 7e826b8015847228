/** The community in figures, as the server counts them. They change without a show. */
import { byId, el } from "../shared/dom.js";
import { number, t } from "../shared/words.js";

function duration(seconds) {
  if (seconds === null) return t("web-figure-none");
  if (seconds < 90) return t("web-figure-seconds", { seconds: Math.round(seconds) });
  return t("web-figure-minutes", { minutes: number(Math.round(seconds / 6) / 10) });
}

export function showFigures(stats) {
  const devices = Object.values(stats.devices);
  const sum = (field) => devices.reduce((total, kind) => total + kind[field], 0);
  const share = stats.population ? Math.round((100 * stats.elders) / stats.population) : 0;
  const broken = t("web-figure-devices-alarm", { alarm: sum("alarm"), offline: sum("offline") });
  const median = t("web-figure-median");
  const figure = (label, value, note, name) =>
    el("div", { data: { figure: name } }, el("dt", {}, t(label)), el("dd", {}, value, note && el("small", {}, note)));
  byId("figures").replaceChildren(
    figure("web-figure-population", number(stats.population), null, "population"),
    figure("web-figure-elders", number(stats.elders), t("web-figure-share", { percent: share }), "elders"),
    figure("web-figure-devices", number(sum("total")), broken, "devices"),
    figure("web-figure-open", number(stats.open), null, stats.open ? "waiting" : "open"),
    figure("web-figure-acked", number(stats.acked), null, "acked"),
    figure("web-figure-resolved", number(stats.resolved), null, "resolved"),
    figure("web-figure-closed", number(stats.closed_today), null, "closed"),
    figure("web-figure-ack-median", duration(stats.ack_seconds_median), median, "ack"),
    figure("web-figure-close-median", duration(stats.close_seconds_median), median, "close"),
    figure("web-figure-on-duty", number(stats.workers_on_duty), null, "duty"),
  );
}
