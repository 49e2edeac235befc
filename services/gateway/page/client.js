// Speaks to the gateway: calls, problems, and the bytes of pictures and films. A token goes into a header and nowhere
// else: an address ends up in histories, logs and referrers.

/** What the gateway refused, or that it could not be reached: what happened, and what to do next. */
export class Problem extends Error {
  constructor({ status = 0, type = "", title = "", detail = "", help = "" }) {
    super(detail || title);
    Object.assign(this, { status, type, title, detail: detail || title, help });
  }

  /** Whether nothing answered. */
  get isAway() {
    return this.status === 0 || this.status === 503;
  }
}

const ANSWER_MS = 15_000; // A line that is dead can take what is sent, and say nothing for minutes.

/** What there is to say where nothing answers. */
export const away = () =>
  new Problem({
    title: "Kindling does not answer",
    detail: "Kindling does not answer.",
    help: "Nothing is lost. This page tries again by itself; see whether “kindling up” still runs.",
  });

export class Client {
  constructor(server, token) {
    this.server = server;
    this.token = token;
  }

  /** Return the address behind a link of the gateway. */
  url(link) {
    return new URL(link, this.server).href;
  }

  headers(more = {}) {
    return this.token ? { ...more, authorization: `Bearer ${this.token}` } : more;
  }

  /** Return a document. Who does not answer in time counts as away, unless the caller ends it by a signal of its own. */
  async get(link, options = {}) {
    const limit = new AbortController();
    const watchdog = options.signal ? null : setTimeout(() => limit.abort(), ANSWER_MS);
    try {
      return await (await this.call("GET", link, { signal: limit.signal, ...options })).json();
    } catch (error) {
      throw limit.signal.aborted ? away() : error;
    } finally {
      clearTimeout(watchdog);
    }
  }

  /** Send a body, as JSON or as a form, and return the document of the answer. */
  async send(method, link, body, headers = {}) {
    const isForm = body instanceof FormData;
    const answer = await this.call(method, link, {
      headers: isForm || body === undefined ? headers : { ...headers, "content-type": "application/json" },
      body: isForm || body === undefined ? body : JSON.stringify(body),
    });
    return answer.json();
  }

  /** Call the gateway. Throws a Problem, or the AbortError of the signal that was given. */
  async call(method, link, { headers, body, signal } = {}) {
    let answer;
    try {
      answer = await fetch(this.url(link), { method, body, signal, headers: this.headers(headers), credentials: "omit" });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw away();
    }
    if (answer.ok) return answer;
    throw await problemOf(answer);
  }
}

async function problemOf(answer) {
  if ((answer.headers.get("content-type") ?? "").includes("json")) {
    return new Problem({ ...(await answer.json()), status: answer.status });
  }
  return new Problem({ status: answer.status, title: `The answer was ${answer.status}.`, help: "Try again." });
}

const RENEW_MS = 10 * 60_000; // Before its end a pass is renewed, so that no film stops in the middle.
const ASK_AGAIN_MS = 5000;

/**
 * The addresses that pictures and films are shown from. An <img> can send no token: with one, addresses carry a pass, which
 * allows to look and is over soon. Until there is a pass they are null; then `changed` is called.
 */
export class Media {
  constructor(client, changed) {
    this.client = client;
    this.changed = changed;
    this.kept = new Map();
    // Elements of a page of another origin have to say that they ask for what they may see.
    this.crossorigin = new URL(client.server).origin === location.origin ? null : "anonymous";
  }

  src(link) {
    if (!link) return null;
    if (!this.client.token) return this.client.url(link);
    const known = this.kept.get(link);
    if (known && known.until > Date.now() + RENEW_MS / 2) return known.url;
    if (!this.pass || this.pass.until < Date.now() + RENEW_MS) {
      this.renew();
      return known?.url ?? null;
    }
    const url = this.client.url(`${link}${link.includes("?") ? "&" : "?"}${this.pass.query}`);
    this.kept.set(link, { url, until: this.pass.until });
    return url;
  }

  renew() {
    this.renewing ??= this.ask().finally(() => (this.renewing = null));
  }

  async ask() {
    try {
      const { query, until } = await this.client.send("POST", "/v1/passes", {});
      this.pass = { query, until: Date.parse(until) };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // Why not is said where the production itself can't be read; pictures come when it can.
      await new Promise((done) => setTimeout(done, ASK_AGAIN_MS));
    }
    this.changed();
  }
}
