// What the page says about a state: short sentences, never a number that is not known.
export const number = (value) => value.toLocaleString("en");
export const percent = (value) => `${Number(value.toFixed(1))}\u00a0%`;
const commit = (tag) => tag.split("-")[0];

const LAST_MS = 2_000; // a release that has answered no vote for so long gets none

// The two lanes: the release that users have, and the one that is tried, was stopped or was replaced.
export function lanes(state) {
  const { rollout, abort, counts, session } = state;
  const green = session?.strategy === "blue-green";
  const names = green ? ["Active", "Preview"] : ["Stable", "Canary"];
  if (!rollout) return [{ name: names[0], release: "" }, { name: names[1], release: "" }];
  const holds = (role) => rollout.pods.find((each) => each.role === role)?.release;
  const users = (green && holds("active")) || rollout.stable;
  const tried = rollout.release !== users ? rollout.release : "";
  const old = Object.keys(counts).findLast((each) => each !== users) ?? "";
  const weight = tried && !green && !rollout.aborted ? rollout.weight : 0;
  const stopped = abort && (!tried || tried === abort.release);
  const other = tried || abort?.release || old;
  const tags = { [rollout.stable]: rollout.stable_tag, [abort?.release]: abort?.tag, [rollout.release]: rollout.tag };
  const alike = other && commit(tags[users] ?? "") === commit(tags[other] ?? ""); // two releases of one commit
  const label = (release) => (alike || !tags[release] ? release : commit(tags[release]));
  return [
    { name: names[0], release: users, weight: 100 - weight, label: label(users), tried: false },
    { name: tried || stopped || !old ? names[1] : "Before", release: other, weight, label: label(other), tried: Boolean(tried), stopped },
  ];
}

export function headline(state, [users, other]) {
  if (!state.rollout) return "The rollout is not known yet";
  if (!users.release) return state.rollout.release ? "The first release is starting" : state.rollout.message;
  if (!other.tried || other.stopped) return `Every vote goes to ${users.name.toLowerCase()}`;
  const fails = state.switch?.enabled ? ", errors ON" : "";
  if (other.name === "Preview") return `A new release waits in preview${fails}`;
  return other.weight ? `Canary gets ${other.weight} % of the votes${fails}` : "A new release is starting";
}

const figures = (verdict) => verdict && verdict.rate !== null && verdict.rate !== undefined;

export function stopped({ abort, session }) {
  const { verdict } = abort;
  if (!figures(verdict)) return `Stopped: ${verdict ? verdict.reason : abort.message || "the release was aborted"}`;
  const of = verdict.requests ? ` of ${number(verdict.requests)} requests` : "";
  return `Stopped: ${percent(verdict.rate)}${of} failed, limit\u00a0${percent(session.threshold)}`;
}

// An aborted canary gets votes as long as it has a pod: users come in by a Service that selects both releases. And a
// pod that ends still answers, after the ReplicaSet has forgotten it.
export function back({ abort, rollout, votes, session }, users, t) {
  const aborted = (each) => each.release === abort.release && Boolean(each.wanted || each.ready);
  const answered = ([at, release]) => release === abort.release && at > t - LAST_MS;
  const going = session?.strategy === "canary" && (rollout.pods.some(aborted) || votes.some(answered));
  return `${going ? "Going back" : "Every vote goes"} to ${users.name.toLowerCase()} ${users.label}`;
}

export function verdict(said, threshold) {
  if (!said) return "No check yet";
  const passed = said.passed ? "passed" : "failed";
  const asked = said.asked ? `. Asked ${question(said.asked)}` : "";
  if (!figures(said)) return `Check ${said.check} ${passed}: ${said.reason}${asked}.`;
  const of = said.requests ? ` of ${number(said.requests)} requests` : "";
  return `Check ${said.check} ${passed}: ${percent(said.rate)}${of} failed, limit\u00a0${percent(threshold)}${asked}.`;
}

// The URL that a check asked, as people say it: "apm for errorRate over 30s".
function question(asked) {
  const url = URL.canParse(asked) ? new URL(asked) : null;
  if (!url) return asked;
  const metric = url.searchParams.get("metric");
  const window = url.searchParams.get("window");
  return url.hostname.split(".")[0] + (metric ? ` for ${metric}` : "") + (window ? ` over ${window}` : "");
}

export function step(text) {
  if (text.startsWith("setWeight ")) return text.slice(10);
  if (text.startsWith("pause until")) return "wait";
  if (text.startsWith("pause ")) return `wait ${text.slice(6)}`;
  return text.startsWith("analysis ") ? "check" : text;
}
