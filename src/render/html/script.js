"use strict";
// The page is whole without this: it adds a theme switch and sorting.
(() => {
  const root = document.documentElement;
  const remember = (theme) => { try { localStorage.setItem("theme", theme); } catch { /* a file may have no storage */ } };
  try { root.dataset.theme = localStorage.getItem("theme") || ""; } catch { root.dataset.theme = ""; }

  const isDark = () => root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;

  const addSwitch = () => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "theme";
    const name = () => { button.textContent = isDark() ? "Light theme" : "Dark theme"; };
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember(root.dataset.theme);
      name();
    });
    name();
    document.querySelector("header").append(button);
  };

  const number = (cell) => cell.dataset.v === undefined ? NaN : Number(cell.dataset.v);
  const isGap = (cell) => cell.classList.contains("gap");

  // Values in order, gaps last whichever way, equals as they were.
  const sort = (table, column, isNumeric, way) => {
    const body = table.tBodies[0];
    const order = (one, other) => {
      const [a, b] = [one.cells[column], other.cells[column]];
      if (isGap(a) || isGap(b)) return isGap(a) - isGap(b);
      const difference = isNumeric ? number(a) - number(b) : a.textContent.localeCompare(b.textContent);
      return difference * way || one.dataset.at - other.dataset.at;
    };
    body.append(...[...body.rows].sort(order));
  };

  const addSorting = (table) => {
    const rows = [...table.tBodies[0].rows];
    if (rows.length < 2) return;
    rows.forEach((row, at) => { row.dataset.at = at; });
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const isNumeric = head.classList.contains("number");
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const first = isNumeric ? "descending" : "ascending";
        const second = isNumeric ? "ascending" : "descending";
        const next = head.ariaSort === first ? second : first;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.ariaSort = next;
        sort(table, column, isNumeric, next === "ascending" ? 1 : -1);
      });
    });
  };

  addEventListener("DOMContentLoaded", () => {
    addSwitch();
    document.querySelectorAll("table").forEach(addSorting);
  });
})();
