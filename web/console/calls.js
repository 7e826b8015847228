/** Whom to telephone about a ticket; opening the list is written down, dialling is done by people. */
import { el } from "../shared/dom.js";
import { t } from "../shared/words.js";

const PUBLIC = ["119", "120", "110"];

const dial = (number, words) => el("a", { class: "button", href: `tel:${number.replaceAll(/[^\d+]/g, "")}` }, words ?? number);

function row(name, about, phone) {
  return el(
    "li",
    {},
    el("span", { class: "name" }, name),
    el("span", { class: "soft" }, about),
    phone ? dial(phone) : el("span", { class: "soft" }, t("web-field-no-phone")),
  );
}

/** `onDialled(number)` is told which public number somebody has just dialled. */
export function callList({ people, helpers, conditions, staff, duty_phone: duty }, onDialled) {
  const numbers = PUBLIC.map((number) => {
    const link = dial(number);
    link.addEventListener("click", () => onDialled(number));
    return link;
  });
  return el(
    "section",
    { class: "calls" },
    el("h3", {}, t("web-calls-title")),
    el(
      "ul",
      {},
      people.map((one) => row(one.name, one.part, one.phone)),
      helpers.map((one) => row(one.name, one.key ? t("web-field-key") : "", one.phone)),
      staff.map((one) => row(one.name, "", one.phone)),
      duty && row(t("web-calls-duty"), "", duty),
    ),
    conditions.map((one) => el("p", { class: "minds" }, t("web-calls-minds", { name: one.name, what: one.says.join(" · ") }))),
    el("p", { class: "doors" }, numbers),
    el("p", { class: "soft" }, t("web-calls-noted")),
  );
}
