// The panel of the error switch. It reads the state once, when the page loads, and never polls.
"use strict";

const banner = document.getElementById("error-banner");
const button = document.getElementById("error-toggle");
const text = document.getElementById("error-status");

function show(enabled) {
  banner.hidden = !enabled;
  document.body.classList.toggle("errors-on", enabled);
  button.textContent = enabled ? "Turn Errors OFF" : "Turn Errors ON";
  text.textContent = enabled
    ? "Errors are ON - all votes fail with HTTP 500"
    : "Errors are OFF - votes work normally";
}

async function ask(method) {
  button.disabled = true;
  try {
    const answer = await fetch("/api/error-sim", { method, headers: { Accept: "application/json" } });
    const body = await answer.json();
    if (answer.ok) {
      show(body.enabled);
    } else {
      text.textContent = `The switch was not changed: ${body.error} (HTTP ${answer.status})`;
    }
  } catch {
    text.textContent = "The switch did not answer: check the connection and try again";
  }
  button.disabled = false;
}

if (button) {
  button.addEventListener("click", async () => {
    await ask("POST");
    button.focus();
  });
  ask("GET");
}
