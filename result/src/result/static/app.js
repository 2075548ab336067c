// Follows the event stream: the server sends the figures at each change, and at least every ten seconds.
"use strict";

const SILENT_MS = 25_000; // a stream that is silent for so long is lost, even if the browser has not noticed
const GRACE_MS = 2_000; // a shorter interruption is not shown

const total = document.getElementById("total");
const stale = document.getElementById("stale");
let source;
let retry;
let silent;
let grace;
let heardAt = Date.now();

function say(element, text) {
  if (element.textContent !== text) element.textContent = text; // or screen readers would repeat it
}

function counted(votes) {
  return `${votes.toLocaleString("en")} ${votes === 1 ? "vote" : "votes"}`;
}

function staleSince(moment) {
  const time = new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  say(stale, `Not up to date since ${time}`);
}

function show(results) {
  const known = results.updated_at !== null || results.stale_since === null;
  for (const option of results.options) {
    const card = document.getElementById(`option-${option.id}`);
    say(card.querySelector(".percent"), known ? `${option.percent.toFixed(1)}%` : "–");
    say(card.querySelector(".votes"), known ? counted(option.votes) : "");
    card.querySelector("rect").style.width = `${option.percent}%`;
  }
  if (!known) say(total, "No figures yet");
  else say(total, results.total === 0 ? "No votes yet" : `${counted(results.total)} in total`);
  if (results.stale_since === null) say(stale, "");
  else staleSince(results.stale_since);
}

function down() {
  grace ??= setTimeout(staleSince, GRACE_MS, heardAt);
}

function connect() {
  clearTimeout(retry);
  clearTimeout(silent);
  source?.close();
  source = new EventSource("/events");
  silent = setTimeout(lost, SILENT_MS);
  source.onmessage = (event) => {
    clearTimeout(grace);
    grace = undefined;
    clearTimeout(silent);
    silent = setTimeout(lost, SILENT_MS);
    heardAt = Date.now();
    show(JSON.parse(event.data));
  };
  source.onerror = () => {
    down();
    // The browser reconnects after a lost connection, but not after an error response, such as a proxy's 502.
    if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, 1000 + 1000 * Math.random());
  };
}

function lost() {
  down();
  connect();
}

connect();
