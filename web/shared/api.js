/**
 * Talks to the server as one person. The token lives in this tab alone and goes along as a
 * bearer, so several personas can be open side by side in one browser. A tab without a token
 * speaks by the session cookie, which a change must accompany with the session's CSRF token;
 * that one and the name (never the token) are kept for the browser's other tabs.
 */
import { ApiError } from "./errors.js";
import { browser, tab } from "./memory.js";
import { t } from "./words.js";

const ANSWER_WITHIN_MS = 20_000;
const FILES = /^(image\/|application\/vnd\.)/;

/** `shared`: other tabs of this browser may go on as the same person; `onDenied` hears that a session is over. */
export function createClient(slot, { shared = false, onDenied } = {}) {
  let session = tab.get(slot) ?? (shared ? browser.get(slot) : null);

  function headers() {
    if (session?.token) return { Authorization: `Bearer ${session.token}` };
    return session ? { "X-CSRF-Token": session.csrf } : {};
  }

  async function request(path, options = {}) {
    let response;
    try {
      response = await fetch(path, {
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        // The cookie of another persona must not speak beside this tab's token.
        credentials: session?.token ? "omit" : "same-origin",
        ...options,
        headers: { ...headers(), ...options.headers },
      });
    } catch {
      throw new ApiError(0, "unreachable", t("web-unreachable"));
    }
    if (response.ok && FILES.test(response.headers.get("Content-Type") ?? "")) return response.blob();
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    if (response.status === 401 && session) onDenied?.();
    const { code = "unknown", message = t("web-server-failed"), ...more } = answer.error ?? {};
    throw new ApiError(response.status, code, message, more);
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
    /** Logs in; where a further step is wanted, the answer says which, and nobody is logged in yet. */
    async login(path, body) {
      this.forget();
      const answer = await post(path, body);
      if (!answer.token) return answer;
      const { token, csrf, me } = answer;
      session = { token, csrf, me };
      tab.set(slot, session);
      if (shared) browser.set(slot, { csrf, me });
      return answer;
    },
    forget() {
      session = null;
      tab.set(slot, null);
      if (shared) browser.set(slot, null);
    },
  };
}
