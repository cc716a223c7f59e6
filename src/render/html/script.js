"use strict";
// The page is whole without this: it adds tabs, a theme switch, and to tables sorting, searching and taking away.
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const element = (name, attributes, ...content) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...content);
    return made;
  };
  const button = (words, press, attributes = {}) => {
    const made = element("button", { type: "button", ...attributes }, words);
    made.addEventListener("click", () => press(made));
    return made;
  };

  // A file may have no storage; then the theme lives as long as the tab of the browser.
  const kept = () => { try { return localStorage.getItem("theme"); } catch { return history.state?.theme; } };
  const keep = (theme) => {
    try { localStorage.setItem("theme", theme); } catch { history.replaceState({ theme }, ""); }
  };
  const wear = (theme) => { root.dataset.theme = ["light", "dark"].includes(theme) ? theme : ""; };
  wear(kept());

  const addThemes = () => {
    const group = element("div", { class: "theme", role: "group", "aria-label": "Theme" });
    const show = () => all("button", group).forEach((one) => {
      one.setAttribute("aria-pressed", String(one.dataset.theme === root.dataset.theme));
    });
    for (const [theme, words] of [["", "Auto"], ["light", "Light"], ["dark", "Dark"]]) {
      group.append(button(words, () => { wear(theme); keep(theme); show(); }, { "data-theme": theme }));
    }
    show();
    document.querySelector("header").append(group);
  };

  const addTabs = () => {
    const list = document.querySelector("nav ul");
    if (!list) return;
    root.classList.add("tabbed");
    const tabs = all("a", list);
    const panelOf = (tab) => document.getElementById(tab.hash.slice(1));
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", "Reports");
    all("li", list).forEach((item) => item.setAttribute("role", "presentation"));
    tabs.forEach((tab) => {
      tab.id = `${tab.hash.slice(1)}-tab`;
      tab.dataset.words = tab.textContent;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", tab.hash.slice(1));
      panelOf(tab).setAttribute("role", "tabpanel");
      panelOf(tab).setAttribute("aria-labelledby", tab.id);
    });
    const select = (chosen) => {
      tabs.forEach((tab) => {
        tab.setAttribute("aria-selected", String(tab === chosen));
        tab.tabIndex = tab === chosen ? 0 : -1;
        panelOf(tab).hidden = tab !== chosen;
      });
      const strip = list.parentElement;
      strip.scrollLeft = chosen.offsetLeft - (strip.clientWidth - chosen.offsetWidth) / 2;
    };
    // An address may also point into a panel.
    const follow = () => {
      const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
      const panel = target && target.closest("main > section");
      select(tabs.find((tab) => panelOf(tab) === panel) ?? tabs[0]);
      if (panel && panel !== target) target.scrollIntoView();
    };
    const go = (tab) => {
      if (tab.hash !== location.hash) history.pushState(history.state, "", tab.hash);
      select(tab);
    };
    list.addEventListener("click", (event) => {
      const tab = event.target.closest("a");
      if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      go(tab);
    });
    list.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(event.target);
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
      if (at < 0 || next === undefined) return;
      event.preventDefault();
      const tab = tabs.at(next % tabs.length);
      go(tab);
      tab.focus();
    });
    addEventListener("popstate", follow);
    addEventListener("hashchange", follow);
    follow();
  };

  // RFC 4180: the records of a file, and the fields of a record.
  const records = (text) => text.match(/(?:"(?:[^"]|"")*"|[^"\n])*\n/g) ?? [];
  const fields = (record) => {
    const line = record.slice(0, -1);
    const found = [];
    for (let at = 0; at <= line.length;) {
      const quoted = line[at] === '"' && /^"(?:[^"]|"")*"/.exec(line.slice(at));
      const comma = line.indexOf(",", at);
      const end = quoted ? at + quoted[0].length : comma < 0 ? line.length : comma;
      found.push(quoted ? quoted[0].slice(1, -1).replaceAll('""', '"') : line.slice(at, end));
      at = end + 1;
    }
    return found;
  };

  const addSorting = (heads, body, raw) => heads.forEach((head, column) => {
    const field = Number(head.dataset.field);
    const isNumeric = head.classList.contains("n");
    const isGap = (row) => row.cells[column].classList.contains("gap");
    // Values in order, gaps last whichever way, equals as they were.
    const order = (way) => (one, other) => {
      if (isGap(one) || isGap(other)) return isGap(one) - isGap(other) || one.dataset.at - other.dataset.at;
      const [a, b] = [raw[one.dataset.at][field], raw[other.dataset.at][field]];
      return (isNumeric ? a - b : a.localeCompare(b)) * way || one.dataset.at - other.dataset.at;
    };
    const press = () => {
      const [first, second] = isNumeric ? ["descending", "ascending"] : ["ascending", "descending"];
      const next = head.getAttribute("aria-sort") === first ? second : first;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", next);
      body.append(...[...body.rows].sort(order(next === "ascending" ? 1 : -1)));
    };
    head.replaceChildren(button(head.textContent, press));
  });

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A file is not everywhere as trusted as a site.
      const field = element("textarea", { class: "hidden" });
      field.value = text;
      document.body.append(field);
      field.select();
      const isDone = document.execCommand("copy");
      field.remove();
      if (!isDone) throw new Error("not copied");
    }
  };

  const download = (name, text) => {
    const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    element("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  };

  const SHORT = 20;
  const addTools = (grid) => {
    const table = grid.querySelector("table");
    const body = table.tBodies[0];
    const file = records(grid.querySelector("template").content.textContent);
    const lines = file.slice(1);
    // A table may be nothing but its sums.
    if (lines.length === 0 || body.rows.length !== lines.length) return;
    const rows = [...body.rows];
    rows.forEach((row, at) => { row.dataset.at = at; });
    const said = element("span", { class: "said quiet", role: "status" });
    const name = table.caption.textContent;
    const shown = () => [...body.rows].filter((row) => !row.hidden);
    const csv = () => file[0] + shown().map((row) => lines[row.dataset.at]).join("");
    const bar = element("div", { class: "bar" }, ...all(":scope > h3", grid));
    if (rows.length > 8) {
      const more = button(`Show all ${rows.length} rows`, () => { shorten(false); table.parentElement.focus(); }, { class: "more" });
      const shorten = (is) => {
        table.classList.toggle("short", is);
        table.parentElement.classList.toggle("long", !is);
        more.hidden = !is;
      };
      const search = element("input", { type: "search", placeholder: "Search", "aria-label": `Search in ${name}` });
      search.addEventListener("input", () => {
        const words = search.value.toLowerCase().split(/\s+/);
        rows.forEach((row) => { row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word)); });
        if (search.value) shorten(false);
        said.textContent = search.value ? `${shown().length} of ${rows.length} rows` : "";
      });
      if (rows.length > SHORT + 5) {
        shorten(true);
        grid.querySelector(".scroll").after(more);
      }
      bar.append(search);
    }
    const toCopy = async () => {
      try {
        await copy(csv());
        said.textContent = `Copied ${shown().length} rows`;
      } catch {
        said.textContent = "The browser did not allow to copy";
      }
    };
    bar.append(
      button("Copy CSV", toCopy, { "aria-label": `Copy CSV of ${name}` }),
      button("Download CSV", () => download(`${grid.id}.csv`, csv()), { "aria-label": `Download CSV of ${name}` }),
      said,
    );
    grid.prepend(bar);
    if (rows.length > 1) addSorting([...table.tHead.rows[0].cells], body, lines.map(fields));
  };

  // The numbers of a chart are in its table; this only saves the way there.
  const addValues = (figures) => {
    const tip = element("div", { class: "tip", "aria-hidden": "true" });
    tip.hidden = true;
    document.body.append(tip);
    const show = (event) => {
      const point = event.target.closest?.("figure .point");
      tip.hidden = !point;
      if (!point) return;
      tip.textContent = point.dataset.says;
      const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
      const above = event.clientY - tip.offsetHeight - 12;
      tip.style.left = `${Math.max(8, left)}px`;
      tip.style.top = `${above < 8 ? event.clientY + 18 : above}px`;
    };
    all(".point > title", document).forEach((title) => {
      title.parentElement.dataset.says = title.textContent;
      title.remove();
    });
    for (const kind of ["pointermove", "pointerdown", "scroll"]) addEventListener(kind, show, { passive: true, capture: true });
    figures.forEach((figure) => all(".legend > li", figure).forEach((item, at) => {
      const press = (pressed) => {
        const isOn = pressed.getAttribute("aria-pressed") === "false";
        pressed.setAttribute("aria-pressed", String(isOn));
        all(`g[data-series="${at}"]`, figure).forEach((series) => series.classList.toggle("off", !isOn));
      };
      item.replaceChildren(button(item.textContent, press, { "aria-pressed": "true" }));
    }));
  };

  // Not by the element that is made for it: where the address has a place in it, browsers only go there once more.
  const addRefresh = (seconds) => {
    const isBusy = () => all("input[type=search]").some((search) => search.value);
    if (seconds) setInterval(() => { if (!isBusy()) location.reload(); }, seconds * 1000);
  };

  addEventListener("DOMContentLoaded", () => {
    addRefresh(Number(root.dataset.refresh));
    addThemes();
    addValues(all("figure"));
    all(".grid").forEach(addTools);
    addTabs();
  });
})();
