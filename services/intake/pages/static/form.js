// Lead whoever sent a form with mistakes to the list of them.
document.getElementById("errors")?.focus();

// Whoever goes back from the receipt finds the form: a browser asks her whether to send a page of mistakes once more.
document.querySelector("form").addEventListener("submit", () => history.replaceState(null, ""));
