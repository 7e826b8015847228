/**
 * What this person sends, one after the other, so that the turns reach the server in the order
 * they were said. A try that the network swallowed is repeated with the same key: the server
 * then answers what it answered, and nothing happens twice.
 */
import { ApiError } from "../shared/errors.js";

const PAUSES_MS = [1000, 3000];

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function deliver(client, body, key) {
  for (const wait of [...PAUSES_MS, null]) {
    try {
      return await client.post("/api/chat/messages", body, { "Idempotency-Key": key });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 0 || wait === null) throw error;
      await pause(wait);
    }
  }
}

export function createOutbox(client, { echo, onItems, onDenied }) {
  let last = Promise.resolve();

  /** Shows what was said and sends it; the promise ends when the server has answered or not. */
  return function say(body, content) {
    const key = crypto.randomUUID?.() ?? uuidFromRandom();

    async function attempt() {
      try {
        const { items } = await deliver(client, body, key);
        bubble.sent();
        onItems(items);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.status === 401) onDenied();
        // What the server refused stays refused; what did not get through may be tried again.
        if (error.status === 0 || error.status >= 500 || error.status === 401) bubble.failed(error.message);
        else bubble.refused(error.message);
      }
    }

    const queue = () => (last = last.then(attempt));
    const bubble = echo(content, queue);
    return queue();
  };
}

/** crypto.randomUUID exists on https only; a community's own network may well be plain http. */
function uuidFromRandom() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}
