// Entering gifts at speed: donors are found while one types, a slip adds itself up. Without
// scripts the server gives the list of donors with the page, and the sum with the slip.

const PAUSE = 160;

function finder(box) {
  const text = box.querySelector("[data-finder-text]");
  const list = document.createElement("ul");
  list.className = "finder__list";
  list.id = `${text.id}-list`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.querySelector(`label[for="${text.id}"]`).textContent);
  list.hidden = true;
  text.after(list);
  text.setAttribute("role", "combobox");
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("aria-controls", list.id);
  text.setAttribute("aria-expanded", "false");
  let timer = 0;
  let asked = 0;
  let marked = -1;

  const pick = () => {
    let field = box.querySelector("[data-finder-pick]");
    if (!field) {
      field = Object.assign(document.createElement("input"), { type: "hidden", name: "pick" });
      field.dataset.finderPick = "";
      box.querySelector(".finder__choices")?.remove();
      box.append(field);
    }
    return field;
  };
  const close = () => {
    list.hidden = true;
    marked = -1;
    text.setAttribute("aria-expanded", "false");
    text.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    const options = [...list.querySelectorAll("[role=option]")];
    if (!options.length) return;
    marked = (index + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === marked)));
    text.setAttribute("aria-activedescendant", options[marked].id);
  };
  const choose = (option) => {
    text.value = option.dataset.said;
    pick().value = option.dataset.pick;
    close();
  };
  const show = (donors) => {
    list.replaceChildren(
      ...donors.map((donor, at) => {
        const option = document.createElement("li");
        option.className = "finder__option";
        option.id = `${list.id}-${at}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.pick = donor.pick;
        option.dataset.said = `${donor.name} · ${donor.where}`;
        const where = document.createElement("span");
        where.textContent = donor.where;
        option.append(`${donor.name} `, where);
        option.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          choose(option);
        });
        return option;
      }),
    );
    list.hidden = !donors.length;
    text.setAttribute("aria-expanded", String(!list.hidden));
    if (donors.length) mark(0);
  };
  const ask = async () => {
    const mine = ++asked;
    const words = text.value.trim();
    if (words.length < 2) return close();
    try {
      const answer = await fetch(`${box.dataset.finder}?${new URLSearchParams({ q: words })}`);
      if (answer.ok && mine === asked) show((await answer.json()).donors);
    } catch {
      close(); // the server searches when the form is sent
    }
  };

  text.addEventListener("input", () => {
    pick().value = "";
    asked += 1;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  text.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const options = list.querySelectorAll("[role=option]");
    if (event.key === "ArrowDown") mark(marked + 1);
    else if (event.key === "ArrowUp") mark(marked - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && marked >= 0) choose(options[marked]);
    else if (event.key === "Tab" && marked >= 0) return choose(options[marked]);
    else return;
    event.preventDefault();
  });
  text.addEventListener("blur", close);
  if (!document.querySelector("[data-focus]")) text.focus();
}

function adder(sum) {
  const form = sum.closest("form");
  const euros = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR" });
  const add = () => {
    const chosen = [...form.querySelectorAll("[data-minor]:checked")];
    const minor = chosen.reduce((so_far, box) => so_far + Number(box.dataset.minor), 0);
    sum.querySelector("[data-slip-count]").textContent = String(chosen.length);
    sum.querySelector("[data-slip-total]").textContent = euros.format(minor / 100);
  };
  form.addEventListener("change", add);
  add();
}

for (const box of document.querySelectorAll("[data-finder]")) finder(box);
for (const sum of document.querySelectorAll("[data-slip-sum]")) adder(sum);
