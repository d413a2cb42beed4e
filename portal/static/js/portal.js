// Small comforts; every page works without them.
document.documentElement.classList.add("js");

for (const summary of document.querySelectorAll("[data-focus]")) {
  summary.focus();
  break;
}

for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
}

for (const radio of document.querySelectorAll("[data-submit-on-change]")) {
  radio.addEventListener("change", () => radio.form.requestSubmit());
}
