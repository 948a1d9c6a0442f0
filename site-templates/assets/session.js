// Who is signed in: the name and "sign out" in the header, and the pages of admins in the navigation.
//
// Pages are files and hold nothing about people: the service is asked, and a tab remembers its last answer, so that the
// header of the next page is whole at once. Whatever is shown, the service decides what a person may do.
"use strict";

const rolesOf = {
  viewer: ["ดูข้อมูล", "viewer"], operator: ["ปฏิบัติงาน", "operator"],
  admin: ["ผู้ดูแลระบบ", "admin"], camera: ["กล้อง", "camera"],
};

const session = (() => {
  const isSignIn = find("#sign-in") !== null;
  const account = "/account";

  function recall() {
    try { return JSON.parse(sessionStorage.getItem("session")); } catch { return null; }
  }

  function keep(who) {
    // A browser may forbid storage: then the header waits for the service.
    try {
      if (who) sessionStorage.setItem("session", JSON.stringify({ name: who.name, role: who.role, kind: who.kind }));
      else sessionStorage.removeItem("session");
    } catch { /* nothing is remembered */ }
  }

  function show(who) {
    find("#who").hidden = who?.kind !== "person";
    find("#who [data-name]").textContent = who?.name ?? "";
    for (const link of all("nav [data-for]")) link.hidden = who?.role !== link.dataset.for;
  }

  // Where signing in leads back to.
  const here = () => location.pathname + location.search + location.hash;
  const signInPath = () => `/sign-in?${new URLSearchParams({ to: here() })}`;

  function showStranger() {
    keep(null);
    show(null);
    const link = find("#to-sign-in");
    link.href = signInPath();
    link.hidden = false;
  }

  // Who is signed in; null if no one is. Throws if the service does not answer.
  async function load() {
    try {
      const who = await ask("/api/session", { cache: "no-store" });
      keep(who);
      show(who);
      find("#to-sign-in").hidden = true;
      const mustAct = who.must_change_password || who.needs_second_factor;
      if (mustAct && !find("#account")) location.replace(`${account}?${new URLSearchParams({ to: here() })}`);
      return who;
    } catch (error) {
      if (error.status !== 401) throw error;
      showStranger();
      return null;
    }
  }

  async function end(path = "/api/session") {
    await ask(path, { method: "DELETE" });
    keep(null);
    location.assign("/sign-in");
  }

  const begin = () => {
    show(recall());
    const loaded = load();
    loaded.catch(() => {});
    find("#sign-out").addEventListener("submit", (event) => {
      event.preventDefault();
      // The account says what happened, and has the button again.
      end().catch(() => location.assign(account));
    });
    // A stream that ends may be a session that ended.
    on("lost", () => load().catch(() => {}));
    return loaded;
  };

  // The page to sign in asks for nothing that a stranger may not have.
  const known = served && !isSignIn ? begin() : new Promise(() => {});

  // For pages that are about people: those who may not see them are told so.
  async function require(role, begins) {
    try {
      const who = await known;
      if (!who) return location.replace(signInPath());
      if (role && who.role !== role) return say(sentenceOf({ code: "forbidden" }), "bad");
      return await begins(who);
    } catch (error) {
      return say(sentenceOf(error), "bad");
    }
  }

  return { require, end, load };
})();

function askJSON(method, path, body) {
  return ask(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
}

// A path of this site and nothing else: what an address says may come from anyone.
function ownPath(text) {
  try {
    const url = new URL(text ?? "/", location.origin);
    const isOwn = url.origin === location.origin && text.startsWith("/") && !/^\/[/\\]/.test(text);
    // Without its dots, /.//host is //host.
    const path = url.pathname + url.search + url.hash;
    return isOwn && !/^\/(\/|sign-in)/.test(path) ? path : "/";
  } catch {
    return "/";
  }
}
