/** One card of the assistant as an element. */
import { el, safeUrl } from "../shared/dom.js";
import { t } from "../shared/words.js";

/** The tone is said by a sign as well as by colour. */
const SIGNS = { danger: "▲", warning: "◆", success: "✓", info: "ℹ" };

const PICTURES = new Set(["talk.picture", "ticket.picture"]);

/** `look` fetches a picture of a talk or a camera with this tab's own session, which a plain link would lack. */
export function cardElement(card, press, look) {
  const sign = SIGNS[card.tone];
  const pressed = card.actions.filter((action) => !PICTURES.has(action.id));
  const pictures = card.actions.filter((action) => PICTURES.has(action.id));
  return el(
    "article",
    { class: `card ${card.tone}`, tabindex: "-1", data: { key: card.key, version: card.version, ticket: card.ticket ?? "" } },
    card.title && el("h2", {}, sign && el("span", { class: "sign", "aria-hidden": "true" }, sign), card.title),
    card.summary && el("p", { class: "summary" }, card.summary),
    card.fields.length > 0 &&
      el("dl", {}, card.fields.map((field) => el("div", {}, el("dt", {}, field.label), el("dd", {}, withWholeNumbers(field.value))))),
    pictures.map((action) => pictureElement(action, look)),
    pressed.length > 0 &&
      el("div", { class: "actions" }, pressed.map((action, index) => actionElement(action, index + 1, press))),
  );
}

/** A telephone number is read out and written down: it never breaks over two lines. */
function withWholeNumbers(text) {
  return text.split(/(\d[\d-]{6,}\d)/).map((part, index) => (index % 2 ? el("span", { class: "whole" }, part) : part));
}

/** Fetched only when it comes into view: a long talk replays with all its pictures. */
function pictureElement(action, look) {
  const picture = el("img", { class: "picture", alt: action.label });
  const seen = new IntersectionObserver(async ([entry]) => {
    if (!entry.isIntersecting) return;
    seen.disconnect();
    const blob = await look(action.url);
    if (blob) picture.src = URL.createObjectURL(blob);
    else picture.replaceWith(el("p", { class: "failure" }, t("web-chat-picture-gone")));
  });
  seen.observe(picture);
  return picture;
}

/**
 * Every button carries its number, as it stands in the card, because a person may also answer
 * "1"; a link, which no answer can open, has none. The style sheet shows the numbers on the newest
 * card only: that is the one they mean.
 */
function actionElement(action, position, press) {
  const props = { class: `button ${action.style}`, data: { action: action.id } };
  if (action.url) {
    const href = safeUrl(action.url);
    if (href === null) return null;
    const elsewhere = !href.startsWith("tel:") && { target: "_blank", rel: "noopener noreferrer" };
    return el("a", { ...props, href, ...elsewhere }, action.label);
  }
  const label = [el("span", { class: "position" }, `${position} `), action.label];
  const button = el("button", { ...props, type: "button" }, label);
  button.addEventListener("click", () => press(action, button));
  return button;
}

/** A card that a newer one has taken over: folded, grey, nothing to press. */
export function foldedCard(card) {
  const bare = cardElement({ ...card, actions: [], tone: "neutral" });
  bare.removeAttribute("tabindex");
  return el(
    "details",
    { class: "folded", data: { key: card.key } },
    el("summary", {}, t("web-chat-folded", { title: card.title || card.summary })),
    bare,
  );
}
