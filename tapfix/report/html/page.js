"use strict";
(() => {
  const root = document.documentElement;
  const at = (id) => document.getElementById(id);
  const articles = [...document.querySelectorAll("#list > article")];
  const texts = articles.map((one) => one.textContent.toLowerCase());
  const form = at("filters");

  // Filters and search

  const isWanted = (article, index, wanted, words) =>
    wanted.every(([name, value]) => article.dataset[name] === value) &&
    words.every((word) => texts[index].includes(word));

  const narrow = () => {
    const fields = new FormData(form);
    const words = fields.get("search").toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = [...fields].filter(([name, value]) => name !== "search" && value);
    articles.forEach((one, index) => {
      one.hidden = !isWanted(one, index, wanted, words);
    });
    const count = articles.filter((one) => !one.hidden).length;
    at("shown").textContent = `${count} of ${articles.length} findings`;
    at("none").hidden = count > 0;
  };

  if (form) {
    form.hidden = false;
    form.addEventListener("input", narrow);
    form.addEventListener("submit", (event) => event.preventDefault());
    at("all").addEventListener("click", () => {
      form.reset();
      narrow();
    });
    const fold = at("fold");
    fold.addEventListener("click", () => {
      const folds = fold.textContent.startsWith("fold");
      document.querySelectorAll("#list details").forEach((one) => {
        one.open = !folds;
      });
      fold.textContent = folds ? "unfold diffs" : "fold diffs";
    });
    narrow();
  }

  // Keys, which can be switched off

  const go = (step) => {
    const shown = articles.filter((one) => !one.hidden);
    const here = shown.indexOf(document.activeElement?.closest("#list > article"));
    const next = shown[here < 0 && step < 0 ? shown.length - 1 : here + step];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "start" });
  };

  const fold = () => {
    const diff = document.activeElement?.closest("#list > article")?.querySelector("details");
    if (diff) diff.open = !diff.open;
  };

  const search = () => form?.elements.search.focus();
  const orders = { j: () => go(1), k: () => go(-1), o: fold, "/": search };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
    const modified = event.ctrlKey || event.altKey || event.metaKey;
    if (!at("keys").checked || typing || modified || !Object.hasOwn(orders, event.key)) return;
    event.preventDefault();
    orders[event.key]();
  });

  // Colours

  at("switches").hidden = false;
  at("theme").addEventListener("change", (event) => {
    root.dataset.theme = event.target.value;
  });

  // On paper nothing can be unfolded

  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((one) => {
      one.open = true;
    });
  });
  window.addEventListener("afterprint", () => {
    folded.forEach((one) => {
      one.open = false;
    });
  });
})();
