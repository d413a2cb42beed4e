// The form of giving with scripts: the button always says to what it commits, in the server's own
// words. The server compares what the button said with what was sent; were they to differ, it
// shows the page that repeats the commitment. So a slow answer can never lead to a wrong payment.

const ANSWERS = ["currency", "rhythm", "choice", "offered", "amount", "kind"];
const PAUSE = 180;
const CHECKS = 5;
const CHECK_AFTER = 3000;

function answersOf(form) {
  const sent = new FormData(form);
  const answers = new URLSearchParams({ form: form.dataset.form });
  for (const name of ANSWERS) {
    if (sent.has(name)) answers.set(name, sent.get(name));
  }
  return answers;
}

function show(form, words) {
  form.querySelector("[data-commit] span").textContent = words.button;
  form.querySelector('[name="seen"]').value = words.mark;
  form.querySelector("[data-cost]").hidden = !words.cost;
  form.querySelector("[data-cost-sentence]").textContent = words.cost;
  form.querySelector("[data-cost-law]").textContent = words.law;
  form.querySelector("[data-not-euros]").hidden = words.euros;
  form.querySelector(".giving__other .affixed__text").textContent = words.sign;
  form.querySelector("#amount-hint").textContent = words.least;
  suggest(form, words);
}

// The suggestions follow the rhythm and the currency; what was chosen keeps its place among them.
function suggest(form, words) {
  form.querySelector('[name="offered"]').value = words.offered;
  const cards = form.querySelectorAll("#choice .radio-card");
  words.suggestions.forEach((suggestion, place) => {
    const card = cards[place];
    card.querySelector("input").value = suggestion.value;
    card.querySelector(".radio-card__label").textContent = suggestion.label;
    const told = card.querySelector(".radio-card__text");
    let hint = card.querySelector(".radio-card__hint");
    if (!hint && suggestion.hint) {
      hint = document.createElement("span");
      hint.className = "radio-card__hint";
      told.append(hint);
    }
    if (hint) hint.textContent = suggestion.hint;
  });
}

function follow(form) {
  let latest = 0;
  let timer = 0;
  const ask = async () => {
    const mine = ++latest;
    try {
      const answer = await fetch(`${form.dataset.giving}?${answersOf(form)}`);
      if (answer.ok && mine === latest) show(form, await answer.json());
    } catch {
      form.querySelector('[name="seen"]').value = ""; // the next page will repeat the commitment
    }
  };
  const soon = (event) => {
    if (!ANSWERS.includes(event.target.name)) return;
    form.querySelector('[name="seen"]').value = "";
    clearTimeout(timer);
    timer = setTimeout(ask, event.type === "input" && event.target.name === "amount" ? PAUSE : 0);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  ask();
}

function checkAgain(form) {
  const done = Number(sessionStorage.getItem(form.action) || 0);
  if (done >= CHECKS) return;
  sessionStorage.setItem(form.action, String(done + 1));
  setTimeout(() => form.requestSubmit(), CHECK_AFTER);
}

for (const form of document.querySelectorAll("[data-giving]")) follow(form);
for (const form of document.querySelectorAll("[data-check]")) checkAgain(form);
