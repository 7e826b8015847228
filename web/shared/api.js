/**
 * Talks to the server as one person. The token lives in this tab alone and goes along as a
 * bearer, so several personas can be open side by side in one browser; without a token the
 * session cookie speaks.
 */
import { ApiError } from "./errors.js";
import { tab } from "./memory.js";
import { t } from "./words.js";

const ANSWER_WITHIN_MS = 20_000;

export function createClient(slot) {
  let session = tab.get(slot);

  const headers = () => (session ? { Authorization: `Bearer ${session.token}` } : {});

  async function request(path, options = {}) {
    let response;
    try {
      response = await fetch(path, {
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        // The cookie of another persona must not speak beside this tab's token.
        credentials: session ? "omit" : "same-origin",
        ...options,
        headers: { ...headers(), ...options.headers },
      });
    } catch {
      throw new ApiError(0, "unreachable", t("web-unreachable"));
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    const { code = "unknown", message = t("web-server-failed") } = answer.error ?? {};
    throw new ApiError(response.status, code, message);
  }

  function post(path, body = {}, extra = {}) {
    return request(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...extra },
      body: JSON.stringify(body),
    });
  }

  return {
    headers,
    get: request,
    post,
    get known() {
      return session !== null;
    },
    get me() {
      return session?.me ?? null;
    },
    async login(path, body) {
      this.forget();
      session = await post(path, body);
      tab.set(slot, session);
    },
    forget() {
      session = null;
      tab.set(slot, null);
    },
  };
}
