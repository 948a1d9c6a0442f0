// The stream of events, and what the page says about its state.
"use strict";

function show(state) { find("#live").dataset.state = state; }

function listen() {
  const source = new EventSource(new URL("/events?types=read,alert,site", location.href));
  source.addEventListener("open", () => show("on"));
  source.addEventListener("error", () => show("off"));
  for (const kind of ["read", "alert", "site"]) {
    source.addEventListener(kind, (event) => announce(kind, JSON.parse(event.data)));
  }
}

if (served) listen();
