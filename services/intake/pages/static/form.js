// Lead whoever sent a form with mistakes to the list of them.
document.getElementById("errors")?.focus();
