/** One ticket in a dialog: what is known, what happened so far, and whom to send. */
import { byId, el } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";
import { dayTime, t } from "../shared/words.js";
import { kindName, severityName, stateName, stateSign, statusName } from "./signs.js";

const CAN_DISPATCH = ["open"];

export function createTicketDialog(client, { onTicket, onLocate }) {
  const dialog = byId("ticket");
  const known = el("div");
  const note = el("p", { role: "status", class: "note" });
  const form = el("form", { class: "dispatch" });
  let ticket = null;

  const close = () => dialog.close();
  // A click on the backdrop has the dialog itself as its target.
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  dialog.addEventListener("close", () => (ticket = null));

  function facts() {
    const row = (label, value) => value && el("div", {}, el("dt", {}, t(label)), el("dd", {}, value));
    return el(
      "dl",
      {},
      row("web-ticket-place", ticket.place),
      row("web-ticket-kind", [kindName(ticket.kind), stateName(ticket.state)].join(" · ")),
      row("web-ticket-opened", dayTime(ticket.opened_at)),
      row("web-ticket-acked", ticket.acked_at && dayTime(ticket.acked_at)),
      row("web-ticket-escalation", ticket.escalation_step > 0 && t("web-ticket-escalation-step", { step: ticket.escalation_step })),
      row("web-ticket-epoch", ticket.epoch > 1 && t("web-ticket-epoch-again", { epoch: ticket.epoch })),
    );
  }

  /** A picture needs the session, so it is asked for like data and shown from memory. */
  function photo(digest) {
    const { id } = ticket;
    const button = el("button", { type: "button", class: "button" }, t("web-ticket-photo"));
    button.addEventListener("click", async () => {
      try {
        const picture = await client.get(`/api/console/tickets/${id}/photos/${digest}`);
        button.replaceWith(el("img", { class: "photo", alt: t("web-ticket-photo"), src: URL.createObjectURL(picture) }));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        note.textContent = error.message;
      }
    });
    return button;
  }

  function render() {
    const events = ticket.events.map((event) =>
      el(
        "li",
        {},
        el("time", { datetime: event.at }, dayTime(event.at)),
        el("span", {}, event.text, event.photo && photo(event.photo)),
      ),
    );
    known.replaceChildren(
      el("p", { class: "status" }, severityName(ticket.severity), " · ", statusName(ticket)),
      facts(),
      el("h3", {}, t("web-ticket-timeline")),
      events.length ? el("ol", { class: "timeline" }, events) : el("p", { class: "soft" }, t("web-ticket-no-events")),
    );
    dialog.dataset.state = ticket.state;
    dialog.querySelector(".sign").textContent = stateSign(ticket.state);
    form.hidden = !CAN_DISPATCH.includes(ticket.status);
  }

  function workerChoice(worker, index) {
    const facts = [
      worker.on_duty ? t("web-ticket-on-duty") : t("web-ticket-off-duty"),
      worker.grid,
      t("web-ticket-worker-open", { count: worker.open_tickets }),
    ];
    return el(
      "label",
      { class: worker.on_duty ? "on" : "off" },
      el("input", { type: "radio", name: "worker", value: worker.id, required: true, checked: index === 0 }),
      el("span", { class: "name" }, worker.name),
      el("span", { class: "soft" }, facts.filter(Boolean).join(" · ")),
    );
  }

  async function showWorkers() {
    // Those who may be sent there, the fittest first.
    const { id } = ticket;
    const { workers } = await client.get(`/api/console/workers?ticket=${id}`);
    if (ticket?.id !== id) return;
    form.replaceChildren(
      el(
        "fieldset",
        {},
        el("legend", {}, t("web-ticket-workers")),
        workers.length ? workers.map((worker, index) => workerChoice(worker, index)) : t("web-ticket-workers-none"),
      ),
      el("button", { type: "submit", class: "button primary", disabled: !workers.length }, t("web-ticket-dispatch")),
    );
    // The second of three keys has opened the dialog; the third, Enter, sends the first choice.
    form.querySelector("input")?.focus();
    form.onsubmit = (event) => {
      event.preventDefault();
      const chosen = new FormData(form).get("worker");
      dispatch(workers.find((worker) => String(worker.id) === chosen));
    };
  }

  async function dispatch(worker) {
    const submit = form.querySelector("[type=submit]");
    if (submit.disabled) return;
    submit.disabled = true;
    try {
      const answer = await client.post(`/api/console/tickets/${ticket.id}/dispatch`, { worker: worker.id });
      note.textContent = t("web-ticket-dispatched", { name: worker.name });
      onTicket(answer);
      dialog.querySelector(".close").focus();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      note.textContent = error.message;
    } finally {
      submit.disabled = false;
    }
  }

  return {
    async open(chosen) {
      ticket = chosen;
      note.textContent = "";
      form.replaceChildren();
      const locate = el("button", { type: "button", class: "button" }, t("web-ticket-locate"));
      locate.addEventListener("click", () => {
        onLocate(ticket.device);
        close();
      });
      const shut = el("button", { type: "button", class: "button close" }, t("web-console-close"));
      shut.addEventListener("click", close);
      dialog.replaceChildren(
        el("h2", { id: "ticket-title" }, el("span", { class: "sign", "aria-hidden": "true" }), ticket.title),
        known,
        form,
        note,
        el("p", { class: "doors" }, ticket.device && locate, shut),
      );
      render();
      dialog.showModal();
      if (form.hidden) return;
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
      ticket = changed;
      render();
      if (ticket.status === "closed") note.textContent = t("web-ticket-gone");
    },
  };
}
