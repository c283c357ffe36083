// The widget works in a script of our own address: the page allows no other.
const { worker } = document.querySelector("script[data-worker]").dataset;
globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(worker));

// Sending starts the work; whoever presses again meanwhile must not send the form without its result.
const widget = document.querySelector("altcha-widget");
widget.closest("form").addEventListener("submit", (event) => {
  if (widget.getState?.() === "verifying") event.preventDefault();
});
