/** One ticket at the door: the address to read aloud, what to mind, whom to telephone. */
import { el, safeUrl } from "../shared/dom.js";
import { t } from "../shared/words.js";

export function showTicket(node, ticket) {
  const title = ticket.drill ? `${t("web-field-drill")}${ticket.title}` : ticket.title;
  const sheet = [
    el("h2", {}, title),
    el("p", {}, ticket.place),
    el("section", {}, el("h3", {}, t("web-field-aloud")),
      el("p", { class: "aloud-words" }, [ticket.aloud, ticket.floor ? t("web-field-floor", { floor: ticket.floor }) : ""].filter(Boolean).join(" · "))),
    ticket.way ? el("a", { class: "button primary", href: safeUrl(ticket.way) }, t("web-field-way")) : null,
    ticket.conditions.length
      ? el("section", { id: "minds" }, el("h3", {}, t("web-field-minds")), ...ticket.conditions.map(({ name, says }) => el("p", {}, el("strong", {}, name), ` ${says.join(" · ")}`)))
      : null,
    el("section", {}, el("h3", {}, t("web-field-calls")),
      ...ticket.people.map((one) => person(one, one.part)),
      ...ticket.helpers.map((one) => person(one, one.key ? t("web-field-key") : ""))),
    el("p", { class: "soft" }, t("web-field-dies")),
  ];
  node.replaceChildren(...sheet.filter(Boolean));
  node.hidden = false;
}

const person = ({ name, phone }, note) =>
  phone
    ? el("a", { class: "button call", href: safeUrl(`tel:${phone}`) }, el("span", {}, el("strong", {}, name), note ? ` · ${note}` : ""), el("span", {}, phone))
    : el("p", { class: "call" }, el("strong", {}, name), note ? ` · ${note}` : "", ` · ${t("web-field-no-phone")}`);
