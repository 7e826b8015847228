/** One ticket beside the map: what is known, what was done so far, and what the desk can do now. */
import { byId, el } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";
import { dayTime, t } from "../shared/words.js";
import { callList } from "./calls.js";
import { fillDispatch } from "./dispatch.js";
import { kindName, severityName, stateName, stateSign, statusName, waited } from "./signs.js";

/**
 * `now` is the server's time, `me` who is at the desk, `may` what they may do; `onBuilding(device)`
 * leads to its house.
 */
export function createTicketDialog(client, { onTicket, onLocate, onBuilding, now, me, may }) {
  const dialog = byId("ticket");
  const known = el("div", { class: "known" });
  const time = el("span", { class: "time" });
  const log = el("div");
  const calls = el("div");
  const note = el("p", { role: "status", class: "note" });
  const form = el("form", { class: "dispatch" });
  const acts = el("p", { class: "doors" });
  let ticket = null;
  let busy = false;

  const close = () => dialog.close();
  dialog.addEventListener("close", () => (ticket = null));
  dialog.addEventListener("keydown", (event) => event.key === "Escape" && close());

  const mine = () => ticket.status === "acked" && ticket.acked_by_id === me();
  const path = (what) => `/api/console/tickets/${ticket.id}/${what}`;

  /** Does something to the ticket once; a refusal is shown in its own words. */
  async function act(what, body, said) {
    if (busy) return false;
    busy = true;
    const { id } = ticket;
    try {
      const answer = await client.post(path(what), body);
      if (ticket?.id === id) note.textContent = said ?? "";
      onTicket(answer);
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (ticket?.id === id) note.textContent = error.message;
      return false;
    } finally {
      busy = false;
    }
  }

  function facts() {
    const row = (label, value) => value && el("div", {}, el("dt", {}, t(label)), el("dd", {}, value));
    return el(
      "dl",
      {},
      row("web-ticket-place", ticket.place),
      row("web-ticket-kind", ticket.kind && [kindName(ticket.kind), stateName(ticket.state)].join(" · ")),
      row("web-ticket-opened", dayTime(ticket.opened_at)),
      row("web-ticket-acked", ticket.acked_at && dayTime(ticket.acked_at)),
      row("web-ticket-sent", ticket.assigned_to),
      row("web-ticket-escalation", ticket.escalation_step > 0 && t("web-ticket-escalation-step", { step: ticket.escalation_step })),
      row("web-ticket-epoch", ticket.epoch > 1 && t("web-ticket-epoch-again", { epoch: ticket.epoch })),
    );
  }

  /** A picture needs the session, so it is asked for like data and shown from memory. */
  function photo(digest) {
    const address = path(`photos/${digest}`);
    const button = el("button", { type: "button", class: "button" }, t("web-ticket-photo"));
    button.addEventListener("click", async () => {
      try {
        const picture = await client.get(address);
        button.replaceWith(el("img", { class: "photo", alt: t("web-ticket-photo"), src: URL.createObjectURL(picture) }));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        note.textContent = error.message;
      }
    });
    return button;
  }

  const step = (event) =>
    el(
      "li",
      { class: event.kind },
      el("time", { datetime: event.at }, dayTime(event.at)),
      el("span", {}, event.text, event.photo && photo(event.photo)),
    );

  function render() {
    const newestFirst = [...ticket.events].reverse();
    known.replaceChildren(el("p", { class: "status" }, severityName(ticket.severity), " · ", statusName(ticket), time), facts());
    log.replaceChildren(
      el("h3", {}, t("web-ticket-timeline")),
      newestFirst.length ? el("ol", { class: "timeline" }, newestFirst.map(step)) : el("p", { class: "soft" }, t("web-ticket-no-events")),
    );
    dialog.dataset.state = ticket.state;
    dialog.dataset.status = ticket.status;
    dialog.querySelector(".sign").textContent = stateSign(ticket.state);
    const end = dialog.querySelector(".end");
    if (end) end.hidden = ticket.status !== "resolved";
    dialog.querySelector(".claim").hidden = ticket.status !== "open" || !may("tickets.work");
    form.hidden = !may("tickets.dispatch") || !(ticket.status === "open" || mine());
    tick();
  }

  function tick() {
    if (ticket) time.textContent = ticket.status === "closed" ? "" : waited(ticket, now());
  }

  async function showWorkers() {
    const { id } = ticket;
    const { workers } = await client.get(`/api/console/workers?ticket=${id}`);
    if (ticket?.id !== id) return;
    fillDispatch(form, workers, async (worker) => {
      if (await act("dispatch", { worker: worker.id }, t("web-ticket-dispatched", { name: worker.name }))) dialog.querySelector(".close").focus();
    });
    // The second of three keys has opened the ticket; the third, Enter, sends the first choice.
    if (!form.hidden) form.querySelector("input")?.focus();
  }

  async function openCalls() {
    const { id } = ticket;
    try {
      const found = await client.post(path("calls"));
      if (ticket?.id === id) calls.replaceChildren(callList(found.calls, (number) => act("dialled", { number })));
      onTicket(found.ticket);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      note.textContent = error.message;
    }
  }

  function button(words, onClick, more = {}) {
    const node = el("button", { type: "button", class: "button", ...more }, t(words));
    node.addEventListener("click", onClick);
    return node;
  }

  function noteForm() {
    const field = el("input", { name: "text", maxlength: 500, required: true, autocomplete: "off", "aria-label": t("web-ticket-note"), placeholder: t("web-ticket-note") });
    const node = el(
      "form",
      { class: "write" },
      field,
      el("button", { type: "submit", class: "button", value: "notes" }, t("web-ticket-note-keep")),
      el("button", { type: "submit", class: "button end", value: "close" }, t("web-ticket-close")),
    );
    node.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await act(event.submitter?.value ?? "notes", { text: field.value })) field.value = "";
    });
    return node;
  }

  return {
    tick,
    shown: () => ticket?.id,

    async open(chosen) {
      if (ticket?.id === chosen.id) return form.querySelector("input")?.focus();
      ticket = chosen;
      note.textContent = "";
      form.replaceChildren();
      calls.replaceChildren();
      const shut = el("button", { type: "button", class: "button close", "aria-label": t("web-console-close") }, "✕");
      shut.addEventListener("click", close);
      acts.replaceChildren(
        button("web-ticket-claim", () => act("claim"), { class: "button primary claim", "aria-keyshortcuts": "A" }),
        ...(may("tickets.work") ? [button("web-ticket-calls", openCalls, { class: "button open-calls" })] : []),
        ...(ticket.device ? [button("web-ticket-locate", () => onLocate(ticket.device)), button("web-ticket-building", () => onBuilding(ticket.device))] : []),
      );
      dialog.replaceChildren(
        el("header", {}, el("h2", { id: "ticket-title" }, el("span", { class: "sign", "aria-hidden": "true" }), ticket.title), shut),
        known,
        acts,
        note,
        form,
        calls,
        ...(may("tickets.dispatch") ? [noteForm()] : []),
        log,
      );
      render();
      // Not modal: map and queue stay in reach, and the next alarm is seen while this one is worked on.
      if (!dialog.open) dialog.show();
      dialog.scrollTop = 0;
      if (form.hidden) return shut.focus();
      try {
        await showWorkers();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        note.textContent = error.message;
      }
    },

    /** The ticket changed while it is looked at. */
    update(changed) {
      if (ticket?.id !== changed.id) return;
      const could = !form.hidden;
      ticket = changed;
      render();
      if (!form.hidden && !could) showWorkers().catch(console.error);
      if (ticket.status === "closed") note.textContent = t("web-ticket-gone");
    },

    async claim(chosen) {
      const opening = ticket?.id === chosen.id ? null : this.open(chosen);
      if (ticket.status === "open") await act("claim");
      await opening;
    },
  };
}
