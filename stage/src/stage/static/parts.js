// Parts of the page that are drawn from what is known, and from nothing else.
import * as words from "./words.js";

export function say(element, text) {
  if (element.textContent !== text) element.textContent = text; // or screen readers would repeat it
}

export function describe(element, label) {
  if (element.getAttribute("aria-label") !== label) element.setAttribute("aria-label", label);
}

export function showPods(element, rollout, release) {
  const pods = rollout?.pods.filter((each) => each.release === release) ?? [];
  const ready = pods.reduce((sum, each) => sum + each.ready, 0);
  const all = Math.max(ready, pods.reduce((sum, each) => sum + each.wanted, 0));
  const key = `${ready} of ${all}`;
  if (element.dataset.pods === key) return;
  element.dataset.pods = key;
  const label = document.createElement("span");
  label.className = all > 6 ? "" : "sr";
  label.textContent = all ? `${key} pods ready` : "no pods";
  const shapes = Array.from({ length: all > 6 ? 0 : all }, (_, index) => {
    const pod = document.createElement("i");
    pod.className = index < ready ? "ready" : "";
    return pod;
  });
  element.replaceChildren(...shapes, label);
}

export function showSteps(list, rollout, { tried }, away) {
  const steps = away ? [`Steps ${away}`] : (rollout?.steps ?? []);
  const key = JSON.stringify([steps, rollout?.step, rollout?.aborted, tried]);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(
    ...steps.map((text, index) => {
      const item = document.createElement("li");
      item.textContent = words.step(text);
      item.title = text;
      if (away) item.className = "unknown";
      else if (!tried) item.className = ""; // no release is on its way through the steps
      else if (rollout.aborted) item.className = "never";
      else if (index < rollout.step) item.className = "done";
      else if (index === rollout.step) item.setAttribute("aria-current", "step");
      return item;
    }),
  );
}

export function showOthers(element, state, [users, other]) {
  const rest = Object.entries(state.counts).filter(([release]) => ![users.release, other.release].includes(release));
  const sum = (key) => rest.reduce((total, [, count]) => total + count[key], 0);
  const parts = [];
  if (state.unanswered) {
    const why = state.unanswered_why ? `: ${state.unanswered_why}` : "";
    parts.push(`No release answered ${words.number(state.unanswered)} ${state.unanswered === 1 ? "vote" : "votes"}${why}`);
  }
  if (rest.length) parts.push(`Other releases: ${words.number(sum("ok"))} OK, ${words.number(sum("failed"))} failed`);
  say(element, parts.join(". "));
  element.hidden = parts.length === 0;
}
