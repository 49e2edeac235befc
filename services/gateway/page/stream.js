// Follows a production: facts, each once and in order, and the progress between them. Reads server-sent events itself,
// because EventSource sends no token, and does not say that a line went dead.

import { Problem } from "./client.js";

const SILENT_MS = 25_000; // The gateway says something every 10 s: a line that is silent for longer is dead.
const RETRY_MS = [250, 500, 1000, 2000, 3000];

export class Stream {
  /** @param heard {fact, progress, strange, link}: called with what comes; `link` with "live", "lost" or a Problem. */
  constructor(client, link, heard) {
    this.client = client;
    this.link = link;
    this.heard = heard;
    this.last = 0;
    this.failed = 0;
    this.isClosed = false;
    this.wake = () => this.hurry?.();
    addEventListener("online", this.wake);
    this.run();
  }

  close() {
    this.isClosed = true;
    removeEventListener("online", this.wake);
    this.hurry?.();
    this.abort?.abort();
  }

  async run() {
    while (!this.isClosed) {
      try {
        await this.listen();
      } catch (error) {
        if (this.isClosed) return;
        const isOurs = error instanceof Problem || error.name === "AbortError" || error instanceof TypeError;
        if (!isOurs) throw error;
        if (error instanceof Problem && !error.isAway && error.status < 500 && error.status !== 429) {
          this.heard.link(error);
          return;
        }
      }
      if (this.isClosed) return;
      this.heard.link("lost");
      await this.pause(RETRY_MS[Math.min(this.failed++, RETRY_MS.length - 1)]);
    }
  }

  pause(wait_ms) {
    return new Promise((done) => {
      const timer = setTimeout(done, wait_ms * (0.75 + Math.random() / 2));
      this.hurry = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  /** Wait for what the gateway says next, and give the line up where it says nothing. */
  in_time(said) {
    const watchdog = setTimeout(() => this.abort.abort(), SILENT_MS);
    return said.finally(() => clearTimeout(watchdog));
  }

  async listen() {
    this.abort = new AbortController();
    const answer = await this.in_time(this.client.call("GET", this.link, {
      headers: this.last ? { accept: "text/event-stream", "last-event-id": String(this.last) } : { accept: "text/event-stream" },
      signal: this.abort.signal,
    }));
    this.heard.link("live");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await this.in_time(reader.read());
      if (done) return;
      this.failed = 0;
      const parts = (rest + value).split("\n\n");
      rest = parts.pop();
      for (const part of parts) this.take(part);
    }
  }

  take(part) {
    let name = "message";
    let id = null;
    const lines = [];
    for (const line of part.split("\n")) {
      if (line.startsWith("data: ")) lines.push(line.slice(6));
      else if (line.startsWith("event: ")) name = line.slice(7);
      else if (line.startsWith("id: ")) id = Number(line.slice(4));
    }
    if (lines.length === 0) return;
    const said = JSON.parse(lines.join("\n"));
    if (name === "fact") {
      // A gateway that was restarted may send what we have; a fact counts once.
      if (id <= this.last) return;
      this.last = id;
      this.heard.fact(said);
    } else if (name in this.heard) {
      this.heard[name](said);
    }
  }
}
