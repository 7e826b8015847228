/** What does not arrive: a quiet line in the header, and behind it whom to ring up and what to send again. */
import { byId, el } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";
import { clockTime, dayTime, t } from "../shared/words.js";

const CHANNELS = {
  web: "web-channel-web",
  wechat: "web-channel-wechat",
  miniprogram: "web-channel-miniprogram",
  wecom: "web-channel-wecom",
  telegram: "web-channel-telegram",
};
const ROLES = { worker: "web-role-worker", elder: "web-role-elder", family: "web-role-family" };

export function createReach(client) {
  const line = byId("reach");
  const dialog = byId("unreached");
  const lists = el("div");
  const note = el("p", { role: "status", class: "note" });
  let asked = 0; // the newest question: a slow answer to an earlier one is not shown

  const close = () => dialog.close();
  // A click on the backdrop has the dialog itself as its target.
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  line.addEventListener("click", open);

  const section = (title, ...content) => el("section", {}, el("h3", {}, title), content);

  const pause = ({ name, why, since, until }) =>
    el(
      "li",
      {},
      el("strong", {}, name),
      el("p", {}, why),
      el("p", { class: "soft" }, t("web-reach-rests", { since: dayTime(since), until: clockTime(until) })),
    );

  function letter({ id, who, what, number, channel_name: channel, why, detail, since }) {
    const title = what ? t("web-reach-card", { what, number, name: who }) : t("web-reach-reply", { name: who });
    const button = el("button", { type: "button", class: "button", data: { letter: id }, "aria-describedby": `letter-${id}` }, t("web-reach-resend"));
    button.addEventListener("click", () => resend(`/api/console/undelivered/${id}/resend`, button));
    const facts = [dayTime(since), channel, detail].filter(Boolean).join(" · ");
    return el(
      "li",
      { class: "letter" },
      el("div", {}, el("strong", { id: `letter-${id}` }, title), el("p", {}, why), el("p", { class: "soft" }, facts)),
      button,
    );
  }

  function person({ who, role, where, left }) {
    const why = left ? t("web-reach-left") : t("web-reach-never");
    return el("li", {}, el("strong", {}, who), " ", el("span", { class: "soft" }, [t(ROLES[role]), ...where, why].join(" · ")));
  }

  function lettersSection(letters) {
    const all = el("button", { type: "button", class: "button", data: { letter: "all" } }, t("web-reach-resend-all"));
    all.addEventListener("click", () => resend("/api/console/undelivered/resend", all));
    const title = t("web-reach-undelivered", { count: letters.length });
    return section(title, el("ul", {}, letters.map(letter)), letters.length > 1 && el("p", { class: "doors" }, all));
  }

  /** Whoever is at a button stays there when the lists change under it. */
  function render(resting, letters, people) {
    const focused = dialog.contains(document.activeElement) ? document.activeElement.dataset.letter : null;
    lists.replaceChildren(
      ...[
        resting.length > 0 && section(t("web-reach-resting-title"), el("ul", {}, resting.map(pause))),
        letters.length > 0 && lettersSection(letters),
        people.length > 0 &&
          section(
            t("web-reach-unreachable", { count: people.length }),
            el("p", { class: "soft" }, t("web-reach-ring-up")),
            el("ul", {}, people.map(person)),
          ),
        resting.length + letters.length + people.length === 0 && el("p", {}, t("web-reach-all-well")),
      ].filter(Boolean),
    );
    if (focused) (lists.querySelector(`[data-letter="${focused}"]`) ?? dialog.querySelector(".close")).focus();
  }

  async function load() {
    const mine = ++asked;
    try {
      const [{ resting }, { letters }, { people }] = await Promise.all([
        client.get("/api/console/channels"),
        client.get("/api/console/undelivered"),
        client.get("/api/console/unreachable"),
      ]);
      if (mine === asked && dialog.open) render(resting, letters, people);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      note.textContent = error.message;
    }
  }

  async function resend(path, button) {
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true"); // disabled would take the focus away
    try {
      const { resent } = await client.post(path);
      note.textContent = t("web-reach-resent", { count: resent });
      await load();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      note.textContent = error.message;
      button.removeAttribute("aria-disabled");
    }
  }

  function open() {
    note.textContent = "";
    lists.replaceChildren(el("p", { class: "soft" }, t("web-building-loading")));
    const shut = el("button", { type: "button", class: "button close" }, t("web-console-close"));
    shut.addEventListener("click", close);
    dialog.replaceChildren(el("h2", { id: "unreached-title" }, t("web-reach-title")), lists, note, el("p", { class: "doors" }, shut));
    dialog.showModal();
    load();
  }

  return {
    /** The sums, as the stream tells them; with nothing to tell the line is not there. */
    show({ undelivered, unreachable, resting }) {
      const parts = [
        undelivered > 0 && t("web-reach-undelivered", { count: undelivered }),
        unreachable > 0 && t("web-reach-unreachable", { count: unreachable }),
        ...resting.map((channel) => t("web-reach-resting", { name: t(CHANNELS[channel]) })),
      ].filter(Boolean);
      line.textContent = parts.join(" · ");
      line.hidden = !parts.length;
      line.classList.toggle("warning", undelivered + resting.length > 0);
      if (dialog.open) load();
    },
  };
}
