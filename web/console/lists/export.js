/** A list as a file: what is shown, or the whole table; of people with a reason, which is written down. */
import { el } from "../../shared/dom.js";
import { t } from "../../shared/words.js";
import { openForm } from "./form.js";

export function saveFile(blob, name) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function exportForm(client, { name, head, asked, say }) {
  const fields = [
    { name: "reason", kind: "text", title: t("web-export-reason"), required: head.personal, most: 200 },
    ...(head.whole ? [{ name: "whole", kind: "check", title: t("web-export-whole"), value: false }] : []),
  ];
  return openForm({
    title: t("web-export-title", { list: head.title }),
    submit: t("web-export"),
    fields,
    async send({ reason, whole = false }) {
      return client.post(`/api/console/lists/${name}/export?${asked}`, { reason: reason ?? "", whole });
    },
    onDone(blob) {
      saveFile(blob, `${head.title}.xlsx`);
      say(head.personal ? t("web-export-done-noted") : t("web-export-done"));
    },
  });
}
