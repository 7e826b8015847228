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
      const { items } = await client.post("/api/chat/messages", body, { "Idempotency-Key": key });
      return items;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 0 || wait === null) throw error;
      await pause(wait);
    }
  }
}

export function createOutbox(client) {
  let last = Promise.resolve();
  return {
    newKey: () => crypto.randomUUID?.() ?? uuidFromRandom(),
    /** The items of the turn; throws ApiError when it did not get through or was refused. */
    send(body, key) {
      const turn = last.then(() => deliver(client, body, key));
      last = turn.catch(() => {});
      return turn;
    },
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
