// Keeps the marked regions of a page as the service publishes them: at most every two seconds, only while the
// page is seen, and without taking away focus, selection or scrolling.
"use strict";

const refreshPause = 2_000;
let refreshedAt = 0;
let refreshTimer = 0;
let isRefreshing = false;
let isStale = false;
// Whether a region stayed as it was because text in it is selected.
let isHeld = false;
// Reads and alerts that may be newer than the page that was fetched last.
let recent = [];

function refresh() {
  isStale = true;
  if (isRefreshing || refreshTimer || document.visibilityState === "hidden") return;
  const wait = Math.max(0, refreshedAt + refreshPause - Date.now());
  refreshTimer = setTimeout(() => { refreshTimer = 0; fetchPage(); }, wait);
}

async function fetchPage() {
  isRefreshing = true;
  isStale = false;
  try {
    const answer = await fetch(location.href, { cache: "no-cache" });
    if (answer.ok) replaceRegions(new DOMParser().parseFromString(await answer.text(), "text/html"));
    else if (answer.status === 404 && find("[data-live-region]")) location.reload();
    else isStale = true;
  } catch {
    // The service or nginx is away: the stream notices it too, and says so.
    isStale = true;
  } finally {
    isRefreshing = false;
    refreshedAt = Date.now();
    if (isStale) refresh();
  }
}

function selectsIn(regions) {
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && regions.some((region) => region.contains(selection.anchorNode));
}

// Selected text would be lost: its region is updated when the selection ends, and says so until then.
function replaceRegions(fresh) {
  isHeld = false;
  reveal(fresh);
  speakIn(fresh);
  for (const region of all("[data-live-region]")) {
    if (filtered() && (region.id === "results" || region.closest("#results"))) continue;
    const other = find(`[data-live-region="${region.dataset.liveRegion}"]`, fresh);
    if (!other) continue;
    const holds = selectsIn([region]);
    region.toggleAttribute("data-held", holds);
    isHeld ||= holds;
    if (holds) continue;
    const value = region.value;
    patchChildren(region, other);
    if (region.tagName === "SELECT") region.value = value;
  }
  for (const { kind, record } of recent) showRecord(kind, record);
}

// Makes an element like another one, and keeps every part that is the same: with it focus and scrolling.
function patch(element, other) {
  for (const { name } of [...element.attributes]) if (!other.hasAttribute(name)) element.removeAttribute(name);
  for (const { name, value } of other.attributes) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
  patchChildren(element, other);
}

// What an element stands for, so that a focused link or button never becomes that of another record or entry.
function keyOf(node) {
  if (node?.nodeType !== Node.ELEMENT_NODE) return undefined;
  return node.dataset.id ?? node.getAttribute("href") ?? undefined;
}

function patchChildren(element, other) {
  const wantedKeys = new Set([...other.children].map(keyOf));
  const keyed = new Map([...element.children].map((child) => [keyOf(child), child]));
  let next = element.firstChild;
  for (const wanted of [...other.childNodes]) {
    const key = keyOf(wanted);
    const match = key !== undefined ? keyed.get(key) : keyOf(next) === undefined && isAlike(next, wanted) ? next : undefined;
    keyed.delete(key);
    // What is no longer wanted goes first, so that what stays need not be moved: that would take its focus.
    while (match && key !== undefined && next && next !== match && !wantedKeys.has(keyOf(next))) next = removed(next);
    if (match === undefined) {
      element.insertBefore(document.importNode(wanted, true), next);
    } else {
      if (match === next) next = next.nextSibling;
      else element.insertBefore(match, next);
      if (match.nodeType !== Node.ELEMENT_NODE) match.data = wanted.data;
      else if (!match.isEqualNode(wanted)) patch(match, wanted);
    }
  }
  while (next) next = removed(next);
}

// Removes a node and returns the one behind it.
function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

const isAlike = (one, other) => one !== null && one !== undefined && one.nodeType === other.nodeType && one.nodeName === other.nodeName;

function showRecord(kind, record) {
  for (const section of all(`[data-live="${kind}s"]`)) {
    if (filtered() && section.id === "results") continue;
    if (!selectsIn([section])) prepend(section, record);
  }
}

function keepRecent(kind, record, event) {
  recent.push({ kind, record, event });
  if (recent.length > 200) recent.shift();
  showRecord(kind, record);
}

on("read", (record, event) => keepRecent("read", record, event));
on("alert", (alert, event) => keepRecent("alert", alert.lpr_record, event));
on("site", ({ event_id: published }) => {
  recent = recent.filter(({ event }) => event > published);
  refresh();
});
// What happened in between is on the page that is fetched now.
on("open", refresh);
document.addEventListener("visibilitychange", () => { if (isStale) refresh(); });
document.addEventListener("selectionchange", () => { if ((isStale || isHeld) && getSelection()?.isCollapsed) refresh(); });
