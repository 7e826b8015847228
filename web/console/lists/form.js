/** One form for everything: fields as the server describes them, faults beside the field they are about. */
import { el } from "../../shared/dom.js";
import { ApiError } from "../../shared/errors.js";
import { currentLanguage, t } from "../../shared/words.js";
import { createField } from "./field.js";

/**
 * A dialog with the fields of an act. `send(values)` saves them; nothing that was typed is lost
 * on a fault, and what somebody else changed meanwhile is shown beside what stands here.
 */
export function openForm({ title, fields, values = {}, submit, send, onDone }) {
  const note = el("p", { class: "note", role: "status" });
  const drawn = fields.map((field) => createField(field, values[field.name] ?? field.value));
  const save = el("button", { type: "submit", class: "button primary" }, submit);
  const leave = el("button", { type: "button", class: "button" }, t("web-list-leave"));
  const form = el(
    "form",
    { novalidate: true },
    el("h2", { id: "form-title" }, title),
    el("div", { class: "fields" }, drawn.map(({ node }) => node)),
    note,
    el("p", { class: "doors" }, save, leave),
  );
  const dialog = el("dialog", { class: "form", "aria-labelledby": "form-title" }, form);
  let busy = false;

  const close = () => dialog.close();
  leave.addEventListener("click", close);
  dialog.addEventListener("close", () => dialog.remove());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!busy) save_();
  });

  function say(text) {
    note.textContent = text;
    note.classList.add("wrong");
  }

  /** Each fault stands at its field; `body.hours.0.begins` belongs to the field `hours`. */
  function mark(faults) {
    let first = null;
    for (const field of drawn) {
      const own = Object.entries(faults).filter(([path]) => path.split(".").includes(field.name));
      field.fault(own.map(([, text]) => text)[0] ?? "");
      if (own.length) first ??= field;
    }
    first?.focus();
    return first;
  }

  async function save_() {
    busy = true;
    save.setAttribute("aria-disabled", "true");
    note.textContent = "";
    try {
      const answer = await send(Object.fromEntries(drawn.map((field) => [field.name, field.value()])));
      close();
      onDone(answer);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const marked = mark(error.more.fields ?? {});
      say(marked ? t("web-form-faulty") : error.message);
      if (error.more.values) stale(error.more);
    } finally {
      busy = false;
      save.removeAttribute("aria-disabled");
    }
  }

  /** What stands here stays; beside it what is there now. Saving again then means: as it stands here. */
  function stale({ values: now }) {
    const changed = drawn.filter(({ name, opened }) => String(now[name] ?? "") !== String(opened ?? ""));
    for (const field of drawn) field.there(changed.includes(field) ? now[field.name] : null);
    const names = new Intl.ListFormat(currentLanguage()).format(changed.map(({ title: called }) => called));
    say(t("web-form-stale", { fields: names }));
  }

  document.body.append(dialog);
  dialog.showModal();
  (drawn[0] ?? { focus: () => save.focus() }).focus();
  return { close };
}
