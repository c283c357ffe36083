// The widget works in a script of our own address: the page allows no other.
const { worker } = document.querySelector("script[data-worker]").dataset;
globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(worker));
