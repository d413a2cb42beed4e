// Small comforts; every page works without them.
document.documentElement.classList.add("js");

for (const summary of document.querySelectorAll("[data-focus]")) {
  summary.focus();
  break;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// A page about work under way looks again by itself, in place: nobody loses where they read.
function lookAgainSoon() {
  const working = document.querySelector("[data-look-again]");
  if (working) setTimeout(lookAgain, Number(working.dataset.lookAgain) * 1000);
}

async function lookAgain() {
  try {
    const answer = await fetch(location.href);
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
    }
  } finally {
    lookAgainSoon();
  }
}

lookAgainSoon();
