/** A table that comes in: a file is checked row by row, the report read, and only then written. */
import { el } from "../../shared/dom.js";
import { ApiError } from "../../shared/errors.js";
import { number, t } from "../../shared/words.js";
import { saveFile } from "./export.js";

const SHOWN = 100; // faults that are drawn; the file of bad rows has all of them
const WITHIN_MS = 180_000;

export function openWizard(client, { name, title, onDone }) {
  const path = `/api/console/lists/${name}`;
  const body = el("div");
  const note = el("p", { class: "note", role: "status" });
  const dialog = el(
    "dialog",
    { class: "form wizard", "aria-labelledby": "wizard-title" },
    el("h2", { id: "wizard-title" }, t("web-import-title", { list: title })),
    body,
    note,
  );
  let file = null;
  let means = {}; // headers that somebody explained: header -> column
  let busy = false;

  dialog.addEventListener("close", () => dialog.remove());

  function say(text, wrong = false) {
    note.textContent = text;
    note.classList.toggle("wrong", wrong);
  }

  async function ask(want, skip = false) {
    if (busy) return null;
    busy = true;
    dialog.setAttribute("aria-busy", "true");
    say(t(want === "write" ? "web-import-writing" : "web-import-checking"));
    const query = new URLSearchParams({ file: file.name, want, skip, means: JSON.stringify(means) });
    try {
      const answer = await client.get(`${path}/import?${query}`, {
        method: "POST",
        body: file,
        headers: { "Content-Type": "application/octet-stream" },
        signal: AbortSignal.timeout(WITHIN_MS),
      });
      say("");
      return answer;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      say(error.message, true);
      return null;
    } finally {
      busy = false;
      dialog.removeAttribute("aria-busy");
    }
  }

  function button(words, onClick, kind = "") {
    const node = el("button", { type: "button", class: `button ${kind}` }, words);
    node.addEventListener("click", onClick);
    return node;
  }

  const shut = (words) => button(words, () => dialog.close());

  /** First step: which file. */
  function choose() {
    const input = el("input", { type: "file", id: "import-file", accept: ".xlsx,.csv,.geojson,.json" });
    const check = button(t("web-import-check"), async () => {
      [file] = input.files;
      means = {};
      if (!file) return say(t("web-import-no-file"), true);
      const report = await ask("check");
      if (report) read(report);
    }, "primary");
    const example = button(t("web-import-template"), async () => {
      try {
        saveFile(await client.get(`${path}/template`), `${title}.xlsx`);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        say(error.message, true);
      }
    });
    body.replaceChildren(
      el("p", {}, t("web-import-what")),
      el("p", { class: "field" }, el("label", { for: "import-file", class: "name" }, t("web-import-file")), input),
      el("p", { class: "doors" }, check, example, shut(t("web-list-leave"))),
    );
    input.focus();
  }

  function strange({ header, like }, columns) {
    const options = columns.map(({ value, text }) => el("option", { value, selected: means[header] === value || (!means[header] && text === like) }, text));
    const select = el("select", { "aria-label": header, data: { header } }, el("option", { value: "" }, t("web-import-unused")), options);
    return el("li", {}, el("strong", {}, header), " ", select);
  }

  function strangers(report) {
    if (!report.strange.length) return null;
    const again = button(t("web-import-again"), async () => {
      const chosen = [...body.querySelectorAll("select[data-header]")].filter(({ value }) => value);
      means = Object.fromEntries(chosen.map((select) => [select.dataset.header, select.value]));
      const next = await ask("check");
      if (next) read(next);
    });
    return el(
      "section",
      { class: "strange" },
      el("h3", {}, t("web-import-strange")),
      el("ul", {}, report.strange.map((one) => strange(one, report.columns))),
      el("p", {}, again),
    );
  }

  function faults(report) {
    if (!report.faulty) return null;
    const head = ["web-import-row", "web-import-column", "web-import-value", "web-import-problem"].map((words) => el("th", { scope: "col" }, t(words)));
    const lines = report.faults.slice(0, SHOWN).map(({ row, column, value, problem }) =>
      el("tr", {}, el("td", { class: "right" }, String(row)), el("td", {}, column), el("td", {}, value), el("td", { class: "long" }, problem)),
    );
    return el(
      "section",
      {},
      el("h3", {}, t("web-import-faults", { count: number(report.faulty) })),
      el("div", { class: "report", tabindex: 0, role: "region", "aria-label": t("web-import-problem") }, el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, lines))),
      report.faulty > lines.length && el("p", { class: "soft" }, t("web-import-more", { count: number(lines.length) })),
    );
  }

  /** Second step: the report; nothing is written yet. */
  function read(report) {
    const bad = report.rows - report.good;
    const said = el("p", { tabindex: -1, class: "sum" }, t("web-import-report", { rows: number(report.rows), good: number(report.good), bad: number(bad) }));
    const write = report.good > 0 && !bad && button(t("web-import-write", { count: number(report.good) }), () => finish(false), "primary");
    const skip = report.good > 0 && bad > 0 && button(t("web-import-write-good", { count: number(report.good) }), () => finish(true));
    const take = bad > 0 && button(t("web-import-bad-file"), async () => {
      const blob = await ask("bad");
      if (blob) saveFile(blob, `${title}-${t("web-import-bad")}.xlsx`);
    });
    const parts = [said, strangers(report), faults(report), el("p", { class: "doors" }, ...[write, skip, take, button(t("web-import-other"), choose), shut(t("web-list-leave"))].filter(Boolean))];
    body.replaceChildren(...parts.filter(Boolean));
    said.focus();
  }

  /** Third step: it is written, in one go. */
  async function finish(skip) {
    const report = await ask("write", skip);
    if (!report) return;
    if (!report.written) return read(report); // somebody changed something since it was checked
    const said = el("p", { tabindex: -1, class: "sum" }, t("web-import-done", { added: number(report.added), changed: number(report.changed), same: number(report.same) }));
    body.replaceChildren(said, el("p", { class: "doors" }, shut(t("web-import-close"))));
    said.focus();
    await onDone();
  }

  document.body.append(dialog);
  dialog.showModal();
  choose();
  return dialog;
}
