// Live or not: one stream for all tabs of a browser, and the sign in the header that says how it stands.
//
// The tab that holds the lock "lprserver-live" has the stream and passes on to the others what comes. A tab
// in the background releases the lock after a while. Without locks or channels each visible tab has a stream.
"use strict";

const live = (() => {
  const hiddenMax = 30_000;
  const beat = 5_000;
  const silenceMax = 15_000;
  const noticeAfter = 15_000;
  // How often the service is asked whether it takes reads, and how long it has for its answer: a stream that hangs looks
  // like a quiet one.
  const probePause = 10_000;
  const probeMax = 8_000;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("lprserver-live") : null;
  const isShared = channel !== null && navigator.locks !== undefined;
  // Until when what is shown was current; another page of this tab may have known it.
  let liveUntil = Date.now();
  let state = "connecting";
  let heardAt = Date.now();
  let place = null;
  let leaving = 0;
  let refuses = false;

  function show(next, since) {
    const wasLive = state === "on";
    if (wasLive && next === "on") return;
    state = next;
    liveUntil = next === "on" ? Date.now() : since ?? liveUntil;
    document.documentElement.dataset.live = next;
    find("#live").dataset.state = next;
    for (const time of all("[data-since]")) {
      time.dateTime = new Date(liveUntil).toISOString();
      time.textContent = localTime(time.dateTime).slice(11, 16);
    }
    notice();
    if (next === "on" && !wasLive) announce("open");
    if (next === "off" && wasLive) announce("lost");
  }

  function notice() {
    find("#stale").hidden = state !== "off" || Date.now() - liveUntil < noticeAfter;
  }

  const stream = new EventStreamClient(
    (kind, data, id) => {
      liveUntil = Date.now();
      post({ kind, data, id });
      announce(kind, data, id);
    },
    (isLive) => {
      if (isLive) show("on");
      else show("off", state === "on" ? Date.now() : liveUntil);
      tell();
    });

  function post(message) { if (isShared) channel.postMessage(message); }
  function tell() { if (place?.leads && state !== "connecting") post({ state, since: liveUntil, position: stream.position, refuses }); }

  function join() {
    clearTimeout(leaving);
    if (!isShared) return stream.start();
    if (place) return undefined;
    const mine = { leads: false, request: new AbortController() };
    place = mine;
    post({ question: "state" });
    return navigator.locks.request("lprserver-live", { signal: mine.request.signal }, () => new Promise((release) => {
      if (place !== mine) return release();
      Object.assign(mine, { leads: true, release });
      return stream.start();
    })).catch((error) => { if (error.name !== "AbortError") stream.start(); });
  }

  function leave() {
    stream.stop();
    place?.request.abort();
    place?.release?.();
    place = null;
  }

  function followVisibility() {
    if (document.visibilityState === "visible") {
      if (isShared ? place === null : !stream.isRunning) show("connecting", state === "on" ? heardAt : liveUntil);
      heardAt = Date.now();
      join();
    } else {
      leaving = setTimeout(() => { leave(); show("connecting", state === "on" ? Date.now() : liveUntil); }, hiddenMax);
    }
  }

  function receive({ data: message }) {
    if (message.question === "state") return tell();
    if (message.question === "retry") return place?.leads ? stream.retry() : undefined;
    if (place?.leads) return undefined;
    heardAt = Date.now();
    const position = message.id ?? message.position;
    if (typeof position === "number") stream.resume(position, heardAt);
    if (message.state) {
      refuse(message.refuses);
      return show(message.state, message.since);
    }
    if (state !== "on") show("on");
    return announce(message.kind, message.data, message.id);
  }

  // From where alerts are asked for again if the stream ends before its first event.
  async function findPosition() {
    const { event_id: published, event_at: at } = await ask("/data/site.json", { cache: "no-cache" });
    if (stream.position === null) stream.resume(published, Date.now());
    // Of nothing later is it known that the pages show it.
    if (state !== "on" && at) {
      liveUntil = Math.min(liveUntil, Date.parse(at));
      show(state, liveUntil);
    }
  }

  async function probe() {
    if (place?.leads === false || (isShared && place === null) || state !== "on") return;
    try {
      const answer = await fetch("/readyz", { cache: "no-store", signal: AbortSignal.timeout(probeMax) });
      const { code } = answer.ok ? {} : await answer.json();
      if (!answer.ok && (!code || code === "away")) throw new TypeError("the service does not answer");
      // "busy" is over in a moment.
      refuse(!answer.ok && code !== "busy");
    } catch {
      stream.stop();
      show("off", liveUntil);
      stream.start();
    }
    tell();
  }

  // Whether the service says that it takes no reads.
  function refuse(isRefusing) {
    refuses = isRefusing;
    find("#refusing").hidden = !isRefusing;
  }

  // The state that the next page of this tab continues from; see `recall`.
  function remember() {
    try {
      sessionStorage.setItem("live", JSON.stringify({
        position: stream.position, at: state === "on" ? Date.now() : liveUntil }));
    } catch {
      // Forbidden storage: the next page begins at the present.
    }
  }

  function recall() {
    try {
      const { position, at } = JSON.parse(sessionStorage.getItem("live")) ?? {};
      if (typeof position === "number") stream.resume(position, at);
      if (typeof at === "number") liveUntil = at;
    } catch {
      // As above.
    }
  }

  function begin() {
    recall();
    if (stream.position === null) findPosition().catch(() => {});
    show("connecting");
    channel?.addEventListener("message", receive);
    addEventListener("pagehide", () => { remember(); leave(); });
    addEventListener("pageshow", (event) => { if (event.persisted) followVisibility(); });
    addEventListener("online", retry);
    document.addEventListener("visibilitychange", followVisibility);
    find("#retry").addEventListener("click", retry);
    setInterval(tell, beat);
    setInterval(probe, probePause);
    on("open", () => probe());
    setInterval(() => {
      const isFollower = isShared && place !== null && !place.leads;
      if (isFollower && Date.now() - heardAt > silenceMax && state !== "off") show("off", heardAt);
      notice();
    }, 1_000);
    if (document.visibilityState === "visible") join();
  }

  function retry() {
    if (!isShared || place?.leads) stream.retry();
    else post({ question: "retry" });
  }

  return { begin, isOn: () => state === "on" };
})();

// The page to sign in has nothing to follow.
if (served && !find("#sign-in")) live.begin();
