/** How kinds, states and degrees are named and drawn; a shape as well as a colour, always. */
import { t } from "../shared/words.js";

const KIND_WORDS = {
  door: "web-kind-door",
  gas: "web-kind-gas",
  smoke: "web-kind-smoke",
  wristband: "web-kind-wristband",
  water: "web-kind-water",
  camera: "web-kind-camera",
  manhole: "web-kind-manhole",
  fire: "web-kind-fire",
  lane: "web-kind-lane",
  rubbish: "web-kind-rubbish",
  parking: "web-kind-parking",
  street: "web-kind-street",
  gateway: "web-kind-gateway",
};

const SEVERITY_WORDS = {
  life: "web-severity-life",
  care: "web-severity-care",
  property: "web-severity-property",
  maintenance: "web-severity-maintenance",
};

/** Worst first: where several meet in one place, the first one is shown. Colours: the style sheet. */
export const STATES = {
  alarm: { sign: "▲", words: "web-state-alarm" },
  handled: { sign: "◆", words: "web-state-handled" },
  offline: { sign: "○", words: "web-state-offline" },
  normal: { sign: "●", words: "web-state-normal" },
};

/** The kinds of points on the map; a gateway is none and stands in its building's list alone. */
export const KINDS = Object.keys(KIND_WORDS).filter((kind) => kind !== "gateway");
export const SEVERITIES = Object.keys(SEVERITY_WORDS);

export const kindName = (kind) => (KIND_WORDS[kind] ? t(KIND_WORDS[kind]) : kind);
export const severityName = (severity) => (SEVERITY_WORDS[severity] ? t(SEVERITY_WORDS[severity]) : severity);
export const stateName = (state) => (STATES[state] ? t(STATES[state].words) : state);
export const stateSign = (state) => STATES[state]?.sign ?? "●";

export function statusName(ticket) {
  if (ticket.status === "open") return t("web-status-open");
  if (ticket.status === "resolved") return t("web-status-resolved");
  if (ticket.status === "closed") return t("web-status-closed");
  return ticket.acked_by ? t("web-status-acked", { name: ticket.acked_by }) : t("web-status-acked-unnamed");
}

/** An alarm that nobody has accepted yet: this is what must be heard. */
export const isWaiting = (ticket) => ticket.status === "open" && ticket.severity !== "maintenance";

/** "3:07", "1:02:40": a span that counts. */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value) => String(value).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** How long a ticket waits for somebody, or how long ago it began. */
export function waited(ticket, now) {
  const passed = span((now - Date.parse(ticket.opened_at)) / 1000);
  return ticket.status === "open" ? t("web-ticket-waiting", { time: passed }) : t("web-ticket-since", { time: passed });
}
