// The guard's question answers itself: the vendored widget works for a second, then the form goes
// on. The widget's words are those of the page's language, its worker is a file of our own.

const form = document.querySelector("[data-question]");
const widget = form?.querySelector("altcha-widget");

function ready(form, widget) {
  const { challenge, words, worker, language } = form.dataset;
  const status = form.querySelector("[data-question-status]");
  const told = JSON.parse(words);
  globalThis.$altcha.i18n.set(language, { ...globalThis.$altcha.i18n.get("en"), ...told });
  globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(worker));
  widget.addEventListener("statechange", (event) => {
    const state = event.detail.state;
    status.textContent = told[state] || "";
    if (state === "verified" && "goOn" in form.dataset) {
      delete form.dataset.goOn;
      setTimeout(() => form.requestSubmit(), 400);
    }
  });
  widget.configure({
    challenge: JSON.parse(challenge),
    language,
    hideFooter: true,
    hideLogo: true,
    humanInteractionSignature: false,
    minDuration: 0,
  });
}

if (form && widget) {
  ready(form, widget);
  if ("goOn" in form.dataset) widget.verify();
}
