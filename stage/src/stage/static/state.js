// The reducer of state.py, for the page: what is known after each event. A test compares the two.
const VERDICTS = 20;
const RATES = 240;
const VOTES = 900;
const RELEASES = 20;

export function nothing() {
  const source = () => ({ known: false, since: 0, why: "not asked yet" });
  return {
    session: null, rollout: null, rate: null, rates: [], verdicts: [], switch: null,
    sources: { api: source(), apm: source(), users: source(), switch: source() },
    counts: {}, votes: [], unanswered: 0, unanswered_why: "", abort: null, ended: false,
  };
}

function append(items, item, most) {
  items.push(item);
  if (items.length > most) items.splice(0, items.length - most);
}

const reduce = {
  snapshot(state, event) {
    for (const key of Object.keys(nothing())) state[key] = event[key];
  },
  vote(state, event) {
    append(state.votes, [event.t, event.release, event.ok], VOTES);
    if (!event.release) {
      state.unanswered += 1;
      state.unanswered_why = event.why ?? "";
      return;
    }
    const count = (state.counts[event.release] ??= { ok: 0, failed: 0 });
    count[event.ok ? "ok" : "failed"] += 1;
    const releases = Object.keys(state.counts);
    if (releases.length > RELEASES) delete state.counts[releases[0]];
  },
  rate(state, event) {
    if (state.rate && state.rate.release !== event.release) append(state.rates, [event.t, null], RATES);
    state.rate = event;
    append(state.rates, [event.t, event.percent], RATES);
  },
  verdict(state, event) {
    append(state.verdicts, event, VERDICTS);
    const { abort } = state;
    if (abort && !abort.verdict && !event.passed && event.release === abort.release) abort.verdict = event;
  },
  rollout(state, event) {
    state.rollout = event;
    const { release, tag, message, t } = event;
    if (event.aborted) {
      if (state.abort?.release === release) return;
      const failed = state.verdicts.filter((each) => each.release === release && !each.passed);
      state.abort = { t, release, tag, message, verdict: failed.at(-1) ?? null };
    } else if (release && release !== event.stable) {
      state.abort = null;
    }
  },
  source(state, event) {
    const before = state.sources[event.source];
    const since = before.known || event.known ? event.t : before.since;
    state.sources[event.source] = { known: event.known, since, why: event.why };
    if (event.source === "apm" && before.known && !event.known) append(state.rates, [event.t, null], RATES);
  },
  session(state, event) { state.session = event; },
  switch(state, event) { state.switch = event; },
  end(state) { state.ended = true; },
};

export function apply(state, event) {
  reduce[event.event]?.(state, event);
}
