// One stream of events that is opened again after every interruption.
"use strict";

class EventStreamClient {
  static kinds = "read,alert,site";
  // Seconds between attempts: 1, 2, 4 … 30, each with a random part, so that all browsers of a site do not
  // return at the same instant.
  static waitMax = 30;
  // An absence of which everything is sent again; of a longer one only alerts, and pages show the rest.
  static replayMax = 30_000;
  // How long a stream that catches up with alerts is given before the full one follows.
  static catchUpTime = 3_000;

  // `onEvent(kind, data, id)` gets each event, `onState(isLive)` each change of the connection.
  constructor(onEvent, onState) {
    Object.assign(this, { onEvent, onState, source: null, timer: 0, attempts: 0, position: null, liveUntil: 0 });
  }

  get isRunning() { return this.source !== null || this.timer !== 0; }

  // Where the events continue: after this id, which was the newest at this time.
  resume(position, at) {
    this.position = position;
    this.liveUntil = at;
  }

  start() {
    if (!this.isRunning) this.#open();
  }

  // Opens at once instead of at the next attempt.
  retry() {
    if (this.source?.readyState === EventSource.OPEN) return;
    this.stop();
    this.#open();
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.source?.readyState === EventSource.OPEN) this.liveUntil = Date.now();
    this.source?.close();
    this.source = null;
  }

  #open() {
    this.timer = 0;
    const catchesUp = this.position !== null && Date.now() - this.liveUntil > EventStreamClient.replayMax;
    const query = new URLSearchParams({ types: catchesUp ? "alert,site" : EventStreamClient.kinds });
    if (this.position !== null) query.set("last_event_id", this.position);
    const source = new EventSource(`/events?${query}`);
    this.source = source;
    source.addEventListener("open", () => {
      this.attempts = 0;
      this.onState(true);
      if (catchesUp) this.timer = setTimeout(() => { this.stop(); this.#open(); }, EventStreamClient.catchUpTime);
    });
    // The browser tries again only after some kinds of failure, and never after nginx's 503.
    source.addEventListener("error", () => {
      this.stop();
      this.onState(false);
      const wait = Math.min(EventStreamClient.waitMax, 2 ** this.attempts);
      this.attempts += 1;
      this.timer = setTimeout(() => this.#open(), wait * (500 + 500 * Math.random()));
    });
    for (const kind of EventStreamClient.kinds.split(",")) {
      source.addEventListener(kind, (event) => {
        this.resume(Number(event.lastEventId), Date.now());
        this.onEvent(kind, JSON.parse(event.data), this.position);
      });
    }
  }
}
