/**
 * The queue: what waits, the gravest and then the longest waiting first. It says everything that
 * the map shows, for the keyboard and the screen reader.
 */
import { byId, el } from "../shared/dom.js";
import { t } from "../shared/words.js";
import { SEVERITIES, isWaiting, severityName, span, stateName, stateSign, statusName } from "./signs.js";

const STATUS_ORDER = ["open", "acked", "resolved"];

function byUrgency(a, b) {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    STATUS_ORDER.indexOf(a.status) - STATUS_ORDER.indexOf(b.status) ||
    Number(b.first) - Number(a.first) || // somebody there cannot walk out
    a.opened_at.localeCompare(b.opened_at)
  );
}

export function createQueue({ onOpen, onSelect, now }) {
  const list = byId("tickets");
  const rows = new Map(); // ticket id -> {row, ticket, time}
  let shown = [];

  const time = (ticket) => {
    const passed = span((now() - Date.parse(ticket.opened_at)) / 1000);
    return ticket.status === "open" ? t("web-ticket-waiting", { time: passed }) : t("web-ticket-since", { time: passed });
  };

  function fill(entry) {
    const { row, ticket } = entry;
    Object.assign(row.dataset, {
      ticket: ticket.id,
      device: ticket.device ?? "",
      state: ticket.state,
      status: ticket.status,
      severity: ticket.severity,
    });
    entry.time.textContent = time(ticket);
    entry.button.replaceChildren(
      el("span", { class: "sign", role: "img", "aria-label": stateName(ticket.state) }, stateSign(ticket.state)),
      el("span", { class: "title" }, ticket.title),
      el("span", { class: "severity" }, severityName(ticket.severity)),
      el("span", { class: "place" }, ticket.place),
      el("span", { class: "status" }, statusName(ticket)),
      entry.time,
    );
  }

  function entryFor(ticket) {
    const button = el("button", { type: "button" });
    button.addEventListener("click", () => onOpen(ticket.id));
    button.addEventListener("focus", () => onSelect(ticket.device));
    const entry = { row: el("li", {}, button), button, time: el("span", { class: "time" }), ticket };
    rows.set(ticket.id, entry);
    return entry;
  }

  return {
    /** Brings the list to this state; rows that stay keep their element and the focus. */
    show(tickets) {
      shown = [...tickets].sort(byUrgency);
      const held = document.activeElement;
      const live = new Set(shown.map((ticket) => ticket.id));
      for (const [id, entry] of rows) {
        if (live.has(id)) continue;
        entry.row.remove();
        rows.delete(id);
      }
      shown.forEach((ticket, index) => {
        const known = rows.get(ticket.id);
        const entry = known ?? entryFor(ticket);
        if (known?.ticket !== ticket || !known) fill(Object.assign(entry, { ticket }));
        if (list.children[index] !== entry.row) list.insertBefore(entry.row, list.children[index] ?? null);
      });
      if (list.contains(held)) held.focus({ preventScroll: true });
      byId("queue-count").textContent = shown.length || "";
      byId("queue-empty").hidden = shown.length > 0;
    },

    tick() {
      for (const { ticket, time: node } of rows.values()) node.textContent = time(ticket);
    },

    /** The first of three keys: go to what has waited longest among the gravest. */
    focusOldest() {
      const first = shown.find(isWaiting) ?? shown[0];
      if (first) rows.get(first.id).button.focus();
    },
  };
}
