/** The person's own turns: saying something, and pressing a card's button. */
import { el } from "../shared/dom.js";
import { ApiError } from "../shared/errors.js";

/** What did not get through may be tried again; what the server refused stays refused. */
const mayTryAgain = (error) => error.status === 0 || error.status === 401 || error.status >= 500;

export function createTurns(outbox, log, { onItems, onDenied }) {
  function failure(error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) onDenied();
    return error;
  }

  /** Shown at once as an own bubble, which tells how it went and offers to try again. */
  async function say(body, content) {
    const key = outbox.newKey();
    const bubble = log.echo(content);

    async function attempt() {
      try {
        const items = await outbox.send(body, key);
        bubble.sent();
        onItems(items);
      } catch (error) {
        const { message } = failure(error);
        if (mayTryAgain(error)) bubble.failed(attempt);
        else bubble.refused(message);
      }
    }
    await attempt();
  }

  const keys = new Map(); // action token -> key of a press that has not been answered yet

  /**
   * A press works inside its card: the card changes in place, where the person is looking. Only
   * a press that is answered by a new message leaves a bubble, so that the talk reads well later.
   */
  async function press(action, button) {
    const card = button.closest(".card");
    if (card.dataset.busy) return; // the second click of a double click
    card.dataset.busy = "true";
    button.setAttribute("aria-busy", "true");
    card.querySelector(".failure")?.remove();
    if (!keys.has(action.token)) keys.set(action.token, outbox.newKey());
    try {
      const items = await outbox.send({ action: action.token }, keys.get(action.token));
      keys.delete(action.token);
      const answer = items.find((item) => item.op === "message");
      if (answer) log.said(action.label, answer.id);
      onItems(items);
      if (answer) log.reveal(answer.card.key);
    } catch (error) {
      const { message } = failure(error);
      if (!mayTryAgain(error)) keys.delete(action.token);
      card.append(el("p", { class: "failure", role: "alert" }, message));
    } finally {
      delete card.dataset.busy;
      button.removeAttribute("aria-busy");
    }
  }

  return { say, press };
}
