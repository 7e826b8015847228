/** The watch at the desk: who has muted the siren, the hand-over, and signing for it. */
import { byId, el } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";
import { clockTime, dayTime, t } from "../shared/words.js";

const COUNTS = { open: "web-figure-open", acked: "web-figure-acked", resolved: "web-figure-resolved", mine: "web-watch-mine" };

export function createWatch(client, me) {
  const line = byId("watch-line");
  const dialog = byId("handover");
  let waiting = null;

  byId("hand-over").addEventListener("click", give);
  // A click on the backdrop has the dialog itself as its target.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

  function button(words, onClick, more = {}) {
    const node = el("button", { type: "button", class: "button", ...more }, t(words));
    node.addEventListener("click", onClick);
    return node;
  }

  async function act(path, body, fault) {
    try {
      await client.post(path, body);
      dialog.close();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fault.textContent = error.message;
    }
  }

  function give() {
    const field = el("textarea", { name: "text", rows: 4, maxlength: 500 });
    const fault = el("p", { role: "status", class: "note" });
    const own = waiting?.person === me() && waiting;
    field.value = own ? own.note : "";
    const form = el(
      "form",
      {},
      el("h2", { id: "handover-title" }, t("web-watch-give")),
      el("p", { class: "soft" }, t("web-watch-give-how")),
      el("label", { class: "line" }, el("span", {}, t("web-watch-note")), field),
      fault,
      el("p", { class: "doors" }, el("button", { type: "submit", class: "button primary" }, t("web-watch-give-now")), button("web-console-close", () => dialog.close())),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      act("/api/console/watch/handovers", { text: field.value }, fault);
    });
    dialog.replaceChildren(form);
    dialog.showModal();
    field.focus();
  }

  function read() {
    const fault = el("p", { role: "status", class: "note" });
    const { id, person, name, at, summary, note } = waiting;
    const counts = Object.entries(COUNTS).map(([key, words]) => el("div", {}, el("dt", {}, t(words)), el("dd", {}, summary[key])));
    dialog.replaceChildren(
      el("h2", { id: "handover-title" }, t("web-watch-from", { name, time: dayTime(at) })),
      el("dl", { class: "counts" }, counts),
      note ? el("p", { class: "said" }, note) : el("p", { class: "soft" }, t("web-watch-no-note")),
      fault,
      el(
        "p",
        { class: "doors" },
        person !== me() && button("web-watch-sign", () => act(`/api/console/watch/handovers/${id}/sign`, {}, fault), { class: "button primary" }),
        button("web-console-close", () => dialog.close()),
      ),
    );
    dialog.showModal();
  }

  return {
    show({ handover, mutes }) {
      waiting = handover;
      const others = mutes.filter((one) => one.person !== me());
      const said = others.map((one) => el("span", {}, t("web-watch-muted", { name: one.name, time: clockTime(one.until), reason: one.reason })));
      if (waiting) {
        const words = waiting.person === me() ? t("web-watch-waits") : t("web-watch-to-sign", { name: waiting.name });
        const node = el("button", { type: "button", class: "button" }, words);
        node.addEventListener("click", read);
        said.unshift(node);
      }
      line.replaceChildren(...said);
      line.hidden = !said.length;
    },
  };
}
