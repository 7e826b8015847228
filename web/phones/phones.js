/** The demo's phones: what each screen shows at this moment, and a hand for each of them. */
import { byId } from "../shared/dom.js";
import { follow } from "../shared/stream.js";
import { chooseLanguage, fillWords, loadWords, otherLanguage, preferredLanguage } from "../shared/words.js";
import { createPhone } from "./phone.js";

async function start() {
  await loadWords(preferredLanguage());
  fillWords();
  byId("language").lang = otherLanguage();
  byId("language").addEventListener("click", () => chooseLanguage(otherLanguage()));
  const drawn = new Map();

  function show(phones) {
    for (const phone of phones) {
      if (!drawn.has(phone.channel)) {
        drawn.set(phone.channel, createPhone(phone));
        byId("phones").append(drawn.get(phone.channel).node);
      }
      drawn.get(phone.channel).show(phone);
    }
    byId("phones").setAttribute("aria-busy", "false");
  }

  follow("/phones/stream", {
    headers: () => ({}),
    onEvent: (_name, phones) => show(phones),
    onState: (state) => (byId("lost").hidden = state === "open"),
  });
}

start();
