/** What may be done with a row or with the whole list: buttons that ask the route named by the list. */
import { el } from "../../shared/dom.js";
import { ApiError } from "../../shared/errors.js";
import { t } from "../../shared/words.js";

const JSON_TYPE = { "Content-Type": "application/json" };

/** `/people/{person}/open` with what stands in the row. */
const filled = (path, row) => path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(row[name]));

export function createActs(client, { say, reload, list }) {
  let sure = null; // the dialog that asks once more

  function send(act, row, body) {
    const options = { method: act.method, ...(body && { headers: JSON_TYPE, body: JSON.stringify(body) }) };
    return client.get(filled(act.path, row), options);
  }

  async function press(act, row, reveal, button) {
    if (act.sure && !(await confirmed(act))) return;
    button.setAttribute("aria-disabled", "true"); // disabled would take the focus away
    try {
      const answer = await send(act, row, act.method === "POST" ? {} : null);
      if (act.shows) {
        reveal(answer);
        button.remove();
      } else {
        say(t("web-list-done", { what: act.title }));
        await reload();
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      say(error.message, true);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }

  /** Asks in a dialog of the page: the browser's own would stop the siren and every clock. */
  function confirmed(act) {
    return new Promise((resolve) => {
      const yes = el("button", { type: "submit", value: "yes", class: "button danger" }, act.title);
      const no = el("button", { type: "submit", value: "no", class: "button" }, t("web-list-leave"));
      sure = el("dialog", { class: "sure", "aria-label": act.title }, el("form", { method: "dialog" }, el("p", {}, act.sure), el("p", { class: "doors" }, yes, no)));
      sure.addEventListener("close", () => {
        resolve(sure.returnValue === "yes");
        sure.remove();
        sure = null;
      });
      document.body.append(sure);
      sure.showModal();
    });
  }

  function button(act, row, reveal) {
    const node = el("button", { type: "button", class: "button small", data: { act: act.code } }, act.title);
    node.addEventListener("click", () => node.getAttribute("aria-disabled") || press(act, row, reveal, node));
    return node;
  }

  return {
    ofRow: (head, row, reveal) =>
      head.acts.filter((act) => act.on === "row" && (!act.when || row[act.when])).map((act) => button(act, row, reveal)),
    ofList: () => list().head.acts.filter((act) => act.on === "list").map((act) => button(act, {}, () => {})),
    close: () => sure?.close("no"),
  };
}
