/**
 * The queue: what waits, the gravest and then the longest waiting first. It says everything that
 * the map shows, for the keyboard and the screen reader.
 */
import { byId, el } from "../shared/dom.js";
import { t } from "../shared/words.js";
import { SEVERITIES, isWaiting, severityName, stateName, stateSign, statusName, waited } from "./signs.js";

const STATUSES = { open: "web-figure-open", acked: "web-figure-acked", resolved: "web-figure-resolved" };
const STATUS_ORDER = Object.keys(STATUSES);

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
  const bar = byId("queue-statuses");
  const rows = new Map(); // ticket id -> {row, ticket, time}
  let all = [];
  let shown = [];
  let status = null;
  let live = 0; // how many there are at the server: it sends the gravest 500

  const chips = [null, ...STATUS_ORDER].map((one) => {
    const node = el("button", { type: "button", class: "kind", data: { status: one ?? "" } }, el("span", {}, t(STATUSES[one] ?? "web-queue-all")), el("span", { class: "total" }));
    node.addEventListener("click", () => filter(status === one ? null : one));
    return node;
  });
  bar.replaceChildren(...chips);

  function fill(entry) {
    const { row, ticket } = entry;
    Object.assign(row.dataset, {
      ticket: ticket.id,
      device: ticket.device ?? "",
      state: ticket.state,
      status: ticket.status,
      severity: ticket.severity,
    });
    const sent = ticket.status === "open" && ticket.assigned_to;
    entry.time.textContent = waited(ticket, now());
    entry.button.replaceChildren(
      el("span", { class: "sign", role: "img", "aria-label": stateName(ticket.state) }, stateSign(ticket.state)),
      el("span", { class: "title" }, ticket.title),
      el("span", { class: "severity" }, severityName(ticket.severity)),
      el("span", { class: "place" }, ticket.place),
      el("span", { class: "status" }, sent ? t("web-status-sent", { name: sent }) : statusName(ticket)),
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

  function draw() {
    shown = all.filter((ticket) => !status || ticket.status === status);
    const held = document.activeElement;
    const wanted = new Set(shown.map((ticket) => ticket.id));
    for (const [id, entry] of rows) {
      if (wanted.has(id)) continue;
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
    count();
  }

  function count() {
    const unsent = Math.max(0, live - all.length);
    byId("queue-count").textContent = all.length + unsent || "";
    byId("queue-empty").hidden = shown.length > 0;
    byId("queue-more").hidden = unsent === 0;
    byId("queue-more").textContent = unsent ? t("web-queue-more", { count: unsent }) : "";
    for (const chip of chips) {
      const one = chip.dataset.status;
      chip.querySelector(".total").textContent = one ? all.filter((ticket) => ticket.status === one).length : all.length;
      chip.setAttribute("aria-pressed", String(one === (status ?? "")));
    }
  }

  function filter(one) {
    status = one;
    draw();
  }

  /** Moves among what is shown, from what has the focus. */
  function move(step) {
    const at = shown.findIndex((ticket) => rows.get(ticket.id).button === document.activeElement);
    const next = shown[Math.min(shown.length - 1, Math.max(0, at + step))];
    if (next) rows.get(next.id).button.focus();
  }

  return {
    filter,
    move,

    /** Brings the list to this state; rows that stay keep their element and the focus. */
    show(tickets) {
      all = [...tickets].sort(byUrgency);
      draw();
    },

    expect(total) {
      live = total;
      count();
    },

    tick() {
      for (const { ticket, time } of rows.values()) time.textContent = waited(ticket, now());
    },

    /** Marks what is open beside the map. */
    mark(id) {
      for (const [one, { button }] of rows) {
        if (one === id) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
      }
    },

    /** The ticket whose row has the focus. */
    focused: () => shown.find((ticket) => rows.get(ticket.id).button === document.activeElement) ?? null,

    /** The first of three keys: go to what has waited longest among the gravest. */
    focusOldest() {
      const first = all.find(isWaiting) ?? all[0];
      if (!first) return;
      if (!rows.has(first.id)) filter(null);
      rows.get(first.id).button.focus();
    },
  };
}
