// Follows the event stream and shows what is known; the stream is never silent for longer than two seconds.
import { drawLane, drawRate, frame } from "./lanes.js";
import { describe, say, showOthers, showPods, showSteps } from "./parts.js";
import { apply, nothing } from "./state.js";
import * as words from "./words.js";

const SILENT_MS = 4_000;
const REFUSAL_MS = 5_000; // time to read why a press changed nothing
const speed = Number(document.body.dataset.speed);
const live = "live" in document.body.dataset;
const $ = (selector) => document.querySelector(selector);
const act = $("#act"); // the page's one button: the switch, or "Play again" at the end of a recording

const state = nothing();
let heard = { t: 0, at: performance.now() };
let lostAt = null; // the session's time at which the stream was lost
let acting = false;
let refusal = { why: "", until: 0 };
let source;
let silent;
let retry;

function now() {
  if (state.ended) return heard.t;
  return heard.t + (performance.now() - heard.at) * speed;
}

function clock(t) {
  const at = new Date(Date.parse(state.session?.started ?? 0) + t);
  return at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

// Why a source's figures are not shown: empty while it is known.
function unknown(name) {
  if (lostAt !== null) return `not known since ${clock(lostAt)}`;
  const { known, since } = state.sources[name];
  return known ? "" : `not known since ${clock(since)}`;
}

function showLane(id, lane) {
  const section = $(id);
  const away = unknown("api");
  const nobody = unknown("users");
  const { ok, failed } = state.counts[lane.release] ?? { ok: 0, failed: 0 };
  say(section.querySelector("h2"), lane.name);
  section.classList.toggle("unknown", Boolean(away));
  section.classList.toggle("none", !lane.release && !away);
  say(section.querySelector(".figure"), away || !lane.release ? "" : `${lane.weight} %`);
  say(section.querySelector(".tag"), away || (lane.label || "no release"));
  section.querySelector(".pods").hidden = Boolean(away);
  showPods(section.querySelector(".pods"), state.rollout, lane.release);
  const votes = section.querySelector(".votes");
  votes.classList.toggle("unknown", Boolean(nobody));
  votes.dataset.unknown = nobody;
  say(votes.querySelector(".ok b"), nobody ? "" : words.number(ok));
  say(votes.querySelector(".failed b"), nobody ? "" : words.number(failed));
  votes.querySelector(".failed").classList.toggle("some", failed > 0);
  describe(section.querySelector("canvas"), nobody ? `Votes ${nobody}` : `${words.number(ok)} votes OK, ${words.number(failed)} failed`);
}

function showRate(second) {
  const section = $("#rate");
  const away = unknown("apm");
  const judged = second.tried && !second.stopped && state.rate?.release === second.release ? state.rate : null;
  const last = state.abort?.verdict?.rate ?? null;
  const value = judged ? judged.percent : second.stopped ? last : null;
  const limit = state.session?.threshold ?? null;
  section.classList.toggle("unknown", Boolean(away));
  section.classList.toggle("over", value !== null && limit !== null && value >= limit && !away);
  say(section.querySelector(".figure"), away ? "" : value === null ? "–" : words.percent(value));
  const of = second.stopped ? "at abort" : second.tried ? `of ${second.name.toLowerCase()}` : "";
  say(section.querySelector(".tag"), away || (judged && value === null ? "no requests yet" : of));
  say($("#limit"), limit === null ? "" : `limit ${words.percent(limit)}`);
  say($("#requests"), judged && !away ? `${words.number(judged.requests)} requests` : "");
  describe(section.querySelector("canvas"), `Error rate ${away || (value === null ? "has no figure" : words.percent(value))}`);
}

function showSwitch(second) {
  const away = unknown("switch");
  const on = state.switch?.enabled;
  const has = second.tried && state.switch;
  const refused = performance.now() < refusal.until && `Not changed: ${refusal.why}`;
  say($("#switch-state"), refused || (away ? `Errors ${away}` : !has ? "" : on ? "Errors are ON" : "Errors are OFF"));
  $("#switch").classList.toggle("refused", Boolean(refused));
  $("#switch").classList.toggle("on", Boolean(has && on && !away));
  const offered = Boolean(act.dataset.post); // in a cluster, the switch is hidden unless it is asked for
  const can = offered && (live ? Boolean(has && !away) : state.ended && lostAt === null);
  if (live) say(act, away ? "Switch" : on && has ? "Turn errors OFF" : "Turn errors ON");
  act.hidden = !offered || (!live && !can);
  act.disabled = !can || acting;
  $("#key").hidden = !can;
}

function show() {
  const [users, other] = words.lanes(state);
  const { session, rollout, abort } = state;
  const away = unknown("api");
  say($("#title"), session ? `${session.environment} · ${session.strategy}` : "Release view");
  say($("#phase"), lostAt !== null ? `no connection since ${clock(lostAt)}` : away ? "" : (rollout?.phase ?? ""));
  showLane("#first", users);
  showLane("#second", other);
  showRate(other);
  showOthers($("#others"), state, [users, other]);
  const said = state.verdicts.at(-1);
  say($("#verdict"), words.verdict(said, session?.threshold));
  $("#verdict").className = said ? (said.passed ? "passed" : "failed") : "";
  showSwitch(other);
  showSteps($("#steps"), rollout, other, unknown("api"));
  $("#headline").hidden = Boolean(abort);
  $("#abort").hidden = !abort;
  say($("#headline"), away ? `The rollout is ${away}` : words.headline(state, [users, other]));
  say($("#abort-title"), abort ? words.stopped(state) : "");
  const back = away ? `The rollout is ${away}` : abort && words.back(state, users, heard.t);
  say($("#abort-why"), abort ? `${clock(abort.t)}  ${other.name} ${other.label} was aborted. ${back}.` : "");
}

function draw() {
  const at = frame(now());
  const [users, other] = words.lanes(state);
  const votes = (release) => state.votes.filter((vote) => release && vote[1] === release).map(([t, , ok]) => [t, ok]);
  const moments = [];
  if (state.switch?.enabled) moments.push({ t: state.switch.t, text: "errors ON" });
  if (state.abort) moments.push({ t: state.abort.t, text: "stopped", after: true });
  for (const [id, lane] of [["#first", users], ["#second", other]]) {
    drawLane($(`${id} canvas`), { now: at, weight: unknown("api") ? null : (lane.weight ?? 0), votes: votes(lane.release), moments });
  }
  const until = unknown("apm") ? 0 : other.tried && !other.stopped ? at : (state.abort?.t ?? 0);
  const limit = state.session?.threshold ?? null;
  drawRate($("#rate canvas"), { now: at, rates: state.rates, until, limit, verdicts: state.verdicts, moments });
  const kind = live ? "live" : `recorded ${(state.session?.started ?? "").slice(0, 10)}`;
  say($("#when"), `${clock(now())} ${state.ended ? "end of the recording" : kind}`);
}

function animate() {
  draw();
  setTimeout(() => requestAnimationFrame(animate), 30);
}

function lost() {
  lostAt ??= heard.t;
  show();
  connect();
}

function connect() {
  clearTimeout(retry);
  clearTimeout(silent);
  source?.close();
  source = new EventSource("/events");
  silent = setTimeout(lost, SILENT_MS);
  source.onmessage = (message) => {
    clearTimeout(silent);
    silent = setTimeout(lost, SILENT_MS);
    lostAt = null;
    heard = { t: Number(message.lastEventId), at: performance.now() };
    for (const event of JSON.parse(message.data)) apply(state, event);
    show();
  };
  source.onerror = () => {
    lostAt ??= heard.t;
    show();
    if (source.readyState === EventSource.CLOSED) retry = setTimeout(connect, 1000);
  };
}

async function press() {
  acting = true;
  show();
  let why = "";
  try {
    const answer = await fetch(act.dataset.post, { method: "POST" });
    if (!answer.ok) why = (await answer.json()).error;
  } catch {
    why = "no connection";
  }
  acting = false;
  refusal = { why, until: why ? performance.now() + REFUSAL_MS : 0 };
  show();
}

act.addEventListener("click", press);
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || event.repeat || event.target === act || act.disabled) return;
  event.preventDefault();
  press();
});
connect();
animate();
