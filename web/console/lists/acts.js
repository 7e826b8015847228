/** What may be done with a row or with the whole list: buttons that ask the route named by the list. */
import { el } from "../../shared/dom.js";
import { ApiError } from "../../shared/errors.js";
import { t } from "../../shared/words.js";
import { exportForm } from "./export.js";
import { openForm } from "./form.js";

const JSON_TYPE = { "Content-Type": "application/json" };

/** `/people/{person}/open` with what stands in the row. */
const filled = (path, row) => path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(row[name]));

export function createActs(client, { say, reload, list }) {
  const open = new Set(); // dialogs that show something of people

  function send(act, row, body) {
    const options = { method: act.method, ...(body && { headers: JSON_TYPE, body: JSON.stringify(body) }) };
    return client.get(filled(act.path, row), options);
  }

  async function done(act, answer) {
    if (answer?.link) await handed(act, new URL(answer.link, location.href).href);
    say(t("web-list-done", { what: act.title }));
    await reload();
  }

  async function press(act, row, reveal, button) {
    if (act.sure && !(await confirmed(act))) return;
    button.setAttribute("aria-disabled", "true"); // disabled would take the focus away
    try {
      if (act.asks) return await fill(act, row);
      const answer = await send(act, row, act.method === "POST" ? {} : null);
      if (!act.shows) return await done(act, answer);
      reveal(answer);
      button.remove();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      say(error.message, true);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }

  /** Fills in a form: its fields, and with an object that is there what it says and which version that is. */
  async function fill(act, row) {
    const [{ fields }, there] = await Promise.all([
      client.get(`/api/console/lists/${list().name}/forms/${act.code}`),
      act.loads ? client.get(filled(act.loads, row)) : { values: act.takes ? row[act.takes] : {} },
    ]);
    let version = act.versioned ? row.version : there.version;
    const form = openForm({
      title: t("web-form-title", { what: act.title, list: list().head.title }),
      submit: t("web-form-save"),
      fields: fields.map((field) => ({ ...field, cell: act.cells })),
      values: there.values,
      async send(values) {
        try {
          const body = act.cells ? { cells: values } : values;
          // What the path names may come from the row or from the form: whose day off, and which.
          return await send(act, { ...values, ...row }, { ...body, ...(version !== undefined && { version }) });
        } catch (error) {
          // Having been shown what changed meanwhile, who saves again means it.
          if (error instanceof ApiError && error.more.version) version = error.more.version;
          throw error;
        }
      },
      onDone: (answer) => (act.tells ? open.add(told(act, answer)) : done(act, answer)),
    });
    open.add(form);
  }

  /** A link that is told this once, to be handed to whom it is for. */
  function handed(act, link) {
    return new Promise((resolve) => {
      const field = el("input", { value: link, readonly: true, "aria-label": act.title });
      const note = el("p", { role: "status" });
      const copy = el("button", { type: "button", class: "button primary" }, t("web-list-copy"));
      copy.addEventListener("click", async () => {
        field.select();
        await navigator.clipboard.writeText(link).then(() => (note.textContent = t("web-list-copied")), () => null);
      });
      const shut = el("button", { type: "submit", class: "button" }, t("web-console-close"));
      const shown = el("dialog", { class: "sure link", "aria-label": act.title }, el("form", { method: "dialog" }, el("h2", {}, act.title), el("p", {}, t("web-list-link-once")), field, note, el("p", { class: "doors" }, copy, shut)));
      shown.addEventListener("close", () => {
        shown.remove();
        resolve();
      });
      document.body.append(shown);
      open.add(shown);
      shown.showModal();
      field.select();
    });
  }

  /** What came of an act that only tells: a sentence, and what it is about line by line. */
  function told(act, { said, lines }) {
    const shut = el("button", { type: "submit", class: "button" }, t("web-console-close"));
    const list = lines.length > 0 && el("ul", { class: "told", tabindex: 0 }, lines.map((line) => el("li", {}, line)));
    const dialog = el("dialog", { class: "sure", "aria-label": act.title }, el("form", { method: "dialog" }, el("p", {}, said), list, el("p", { class: "doors" }, shut)));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  }

  /** Asks in a dialog of the page: the browser's own would stop the siren and every clock. */
  function confirmed(act) {
    return new Promise((resolve) => {
      const yes = el("button", { type: "submit", value: "yes", class: "button danger" }, act.title);
      const no = el("button", { type: "submit", value: "no", class: "button" }, t("web-list-leave"));
      const sure = el("dialog", { class: "sure", "aria-label": act.title }, el("form", { method: "dialog" }, el("p", {}, act.sure), el("p", { class: "doors" }, yes, no)));
      sure.addEventListener("close", () => {
        resolve(sure.returnValue === "yes");
        sure.remove();
      });
      document.body.append(sure);
      open.add(sure);
      sure.showModal();
    });
  }

  function button(act, row, reveal) {
    const node = el("button", { type: "button", class: "button small", data: { act: act.code } }, act.title);
    node.addEventListener("click", () => node.getAttribute("aria-disabled") || press(act, row, reveal, node));
    return node;
  }

  function own(code, title, onPress) {
    const node = el("button", { type: "button", class: "button small", data: { act: code } }, title);
    node.addEventListener("click", async () => open.add(await onPress()));
    return node;
  }

  return {
    ofRow: (head, row, reveal) =>
      head.acts.filter((act) => act.on === "row" && (!act.when || row[act.when])).map((act) => button(act, row, reveal)),
    ofList() {
      const { name, head, asked } = list();
      return [
        ...head.acts.filter((act) => act.on === "list").map((act) => button(act, {}, () => {})),
        head.imports && own("import", t("web-import"), async () => (await import("./wizard.js")).openWizard(client, { name, title: head.title, onDone: reload })),
        head.exports && own("export", t("web-export"), () => exportForm(client, { name, head, asked, say })),
      ].filter(Boolean);
    },
    close() {
      for (const dialog of open) dialog.close();
      open.clear();
    },
  };
}
