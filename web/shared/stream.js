/**
 * Server-sent events read by fetch(), because EventSource can't send a bearer token. Connects
 * again by itself, with growing pauses, and gives the server the last id that was seen, so that
 * nothing in between is missed.
 */
const FIRST_PAUSE_MS = 500;

/** Yields {event, data, id} from the bytes of a text/event-stream. */
async function* events(body, onBytes) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let current = { event: "message", data: [], id: null };
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onBytes();
    const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (current.data.length) yield { ...current, data: current.data.join("\n") };
        current = { event: "message", data: [], id: null };
        continue;
      }
      const [, field, text] = /^([^:]*):? ?(.*)$/.exec(line);
      if (field === "event") current.event = text;
      else if (field === "data") current.data.push(text);
      else if (field === "id") current.id = text;
    }
  }
}

/**
 * Follows `url` until stopped. `onEvent(name, data)` gets parsed JSON, `onState` hears
 * "open", "lost" and "denied" (401: nobody is logged in any more, no further tries).
 * A stream that is silent for `silentMs` counts as lost: a phone that slept keeps dead sockets.
 */
export function follow(url, { headers, lastId = null, silentMs = 30_000, longestPauseMs = 15_000, onEvent, onState }) {
  let stopped = false;
  let abort = new AbortController();
  let wake = () => {};
  let pause = FIRST_PAUSE_MS;

  const hurry = () => {
    pause = FIRST_PAUSE_MS;
    wake();
  };
  window.addEventListener("online", hurry);

  async function connect() {
    abort = new AbortController();
    let watchdog = setTimeout(() => abort.abort(), silentMs);
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => abort.abort(), silentMs);
    };
    try {
      const response = await fetch(url, {
        signal: abort.signal,
        credentials: headers().Authorization ? "omit" : "same-origin",
        headers: { ...headers(), Accept: "text/event-stream", ...(lastId === null ? {} : { "Last-Event-ID": lastId }) },
      });
      if (response.status === 401) {
        stopped = true;
        onState("denied");
        return;
      }
      if (!response.ok) return;
      onState("open");
      for await (const { event, data, id } of events(response.body, alive)) {
        if (stopped) return;
        pause = FIRST_PAUSE_MS;
        onEvent(event, JSON.parse(data || "null"));
        if (id !== null) lastId = id;
      }
    } catch (error) {
      // A network that breaks off is everyday; a fault in our own code is not.
      if (!(error instanceof TypeError || error.name === "AbortError")) console.error(error);
    } finally {
      clearTimeout(watchdog);
    }
  }

  (async () => {
    while (!stopped) {
      await connect();
      if (stopped) break;
      onState("lost");
      await new Promise((resolve) => {
        wake = resolve;
        setTimeout(resolve, pause * (0.75 + Math.random() / 2));
      });
      pause = Math.min(pause * 2, longestPauseMs);
    }
    window.removeEventListener("online", hurry);
  })();

  return {
    stop() {
      stopped = true;
      abort.abort();
      wake();
    },
  };
}
