/** Whom to send: who is there and can be told, how much they have in hand, how far they are. */
import { el } from "../shared/dom.js";
import { clockTime, t } from "../shared/words.js";

const distance = (metres) =>
  metres < 1000 ? t("web-ticket-metres", { metres }) : t("web-ticket-kilometres", { kilometres: Math.round(metres / 100) / 10 });

function whereabouts({ seen_at: seen, distance_m: metres }) {
  if (metres === null) return t("web-ticket-far-unknown");
  return t("web-ticket-far", { distance: distance(metres), time: clockTime(seen) });
}

function choice(worker, index) {
  const post = worker.on_duty ? t("web-ticket-on-duty") : t("web-ticket-off-duty");
  return el(
    "label",
    { class: worker.on_duty && worker.reachable ? "on" : "off" },
    el("input", { type: "radio", name: "worker", value: worker.id, required: true, checked: index === 0 }),
    el("span", { class: "name" }, worker.name, el("small", {}, worker.grid)),
    el("span", { class: worker.on_duty ? "yes" : "no" }, post),
    el("span", { class: worker.reachable ? "yes" : "no" }, worker.reachable ? t("web-ticket-reachable") : t("web-ticket-unreachable")),
    el("span", { class: "load" }, t("web-ticket-worker-open", { count: worker.open_tickets })),
    el("span", { class: "far" }, whereabouts(worker)),
  );
}

/** Fills the form; `onSend(worker)` is told who was chosen. */
export function fillDispatch(form, workers, onSend) {
  form.replaceChildren(
    el("fieldset", {}, el("legend", {}, t("web-ticket-workers")), workers.length ? workers.map(choice) : t("web-ticket-workers-none")),
    el("button", { type: "submit", class: "button primary", disabled: !workers.length }, t("web-ticket-dispatch")),
  );
  form.onsubmit = (event) => {
    event.preventDefault();
    const chosen = new FormData(form).get("worker");
    onSend(workers.find((worker) => String(worker.id) === chosen));
  };
}
