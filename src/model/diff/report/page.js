"use strict";
(() => {
  const SIZE = 200, PRINTED = 5000;
  const data = JSON.parse(document.getElementById("data").textContent);
  const [KIND, KEY, LEFT, RIGHT, CHANGES, CELL, NOTE] = [0, 1, 2, 3, 4, 5, 6];
  const rows = data.rows, kinds = data.kinds;
  const $ = (id) => document.getElementById(id);
  const first = { sort: "key", desc: "", filter: "", kind: "", field: "", prefix: "", equals: "", cell: "", page: "1" };
  let state = { ...first };
  const texts = new Map();
  const element = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  };

  // One field whatever the index of its item: a[3].b is a[].b.
  const plain = (path) => path.replace(/\[\d+\]/g, "[]");
  const fields = new Map();
  for (const row of rows) {
    const names = new Set(row[CHANGES].map((change) => plain(change[0])));
    for (const name of names) fields.set(name, (fields.get(name) || 0) + 1);
  }
  const option = (select, value, text) => {
    const made = element("option", text);
    made.value = value;
    select.append(made);
  };
  kinds.forEach((kind, index) => {
    if (rows.some((row) => row[KIND] === index)) option($("kind"), kind.id, kind.name);
  });
  for (const [name, count] of [...fields].sort((a, b) => b[1] - a[1])) {
    option($("field"), name === "" ? "(whole value)" : name, `${name === "" ? "(whole value)" : name} (${count})`);
  }

  const read = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    state = { ...first };
    for (const name of Object.keys(first)) if (given.has(name)) state[name] = given.get(name);
  };
  const write = () => {
    const given = new URLSearchParams();
    for (const [name, value] of Object.entries(state)) if (value !== first[name]) given.set(name, value);
    const hash = given.toString();
    history.replaceState(null, "", hash ? "#" + hash : "#");
  };

  const text = (row) => {
    let found = texts.get(row);
    if (found === undefined) {
      const parts = [row[KEY], row[LEFT], row[RIGHT], row[NOTE], ...row[CHANGES].flat()];
      found = parts.filter((part) => part !== null).join("\n").toLowerCase();
      texts.set(row, found);
    }
    return found;
  };
  const chosen = () => {
    const wanted = state.filter.toLowerCase();
    const field = state.field === "(whole value)" ? "" : state.field;
    return rows.filter((row) =>
      (!state.kind || kinds[row[KIND]].id === state.kind)
      && (!state.cell || row[CELL] === Number(state.cell))
      && (!state.prefix || row[KEY].startsWith(state.prefix))
      && (!state.equals || row[KEY] === state.equals)
      && (!state.field || row[CHANGES].some((change) => plain(change[0]) === field))
      && (!wanted || text(row).includes(wanted)));
  };
  const collator = new Intl.Collator("en", { numeric: true });
  const column = {
    kind: (row) => String(row[KIND]),
    field: (row) => row[CHANGES].length ? row[CHANGES][0][0] : "",
    left: (row) => (row[CHANGES].length ? row[CHANGES][0][1] : row[LEFT]) ?? "",
    right: (row) => (row[CHANGES].length ? row[CHANGES][0][2] : row[RIGHT]) ?? "",
  };
  const sorted = (found) => {
    // The rows come in the order of their keys.
    const by = column[state.sort];
    if (by) {
      const keyed = found.map((row) => [by(row), row]);
      keyed.sort((a, b) => collator.compare(a[0], b[0]));
      found = keyed.map((pair) => pair[1]);
    }
    if (state.desc) found.reverse();
    return found;
  };

  const lines = (row) => {
    if (row[CHANGES].length) return row[CHANGES];
    if (row[NOTE] !== null && row[LEFT] === null && row[RIGHT] === null) return [[row[NOTE], null, null]];
    return [[row[NOTE] ?? "(whole value)", row[LEFT], row[RIGHT]]];
  };
  const drawRow = (row) => {
    const parts = lines(row), kind = kinds[row[KIND]];
    return parts.map(([path, left, right], index) => {
      const line = document.createElement("tr");
      if (index === 0) {
        const head = element("td", `${kind.sign} ${kind.name}`, kind.id);
        const key = element("td", row[KEY], "key");
        head.rowSpan = key.rowSpan = parts.length;
        line.append(head, key);
      }
      line.append(element("td", path === "" ? "(whole value)" : path, "field"));
      line.append(element("td", left ?? "·", left === null ? "dim" : "value only-left"));
      line.append(element("td", right ?? "·", right === null ? "dim" : "value only-right"));
      return line;
    });
  };
  const number = (value) => value.toLocaleString("en");
  const draw = (size) => {
    const found = sorted(chosen());
    const pages = Math.max(1, Math.ceil(found.length / size));
    const page = size === SIZE ? Math.min(Math.max(1, Number(state.page) || 1), pages) : 1;
    const shown = found.slice((page - 1) * size, page * size);
    $("rows").replaceChildren(...shown.flatMap(drawRow));
    const range = shown.length === found.length ? "" : `, ${number((page - 1) * size + 1)} to ${number((page - 1) * size + shown.length)} below`;
    $("shown").textContent = `${number(found.length)} of ${number(rows.length)} differences${range}`;
    $("page").textContent = `page ${number(page)} of ${number(pages)}`;
    for (const button of document.querySelectorAll("#pages button")) {
      const back = ["first", "previous"].includes(button.dataset.page);
      button.disabled = back ? page === 1 : page === pages;
    }
    $("pages").hidden = pages === 1;
    for (const button of document.querySelectorAll("#table th button")) {
      const sort = button.dataset.sort === state.sort ? (state.desc ? "descending" : "ascending") : "none";
      button.parentElement.setAttribute("aria-sort", sort);
    }
    $("filter").value = state.filter;
    $("kind").value = state.kind;
    $("field").value = state.field;
    const also = [];
    if (state.prefix) also.push(`keys from ${state.prefix}…`);
    if (state.equals) also.push(`key ${state.equals}`);
    if (state.cell) also.push(`column ${Number(state.cell) + 1} of ${data.cells}`);
    $("also").textContent = also.join(", ");
    document.documentElement.dataset.ready = String(found.length);
    return { page, pages };
  };
  let now = { page: 1, pages: 1 };
  const show = () => { now = draw(SIZE); };
  const set = (change) => {
    state = { ...state, page: "1", ...change };
    write();
    show();
  };
  const turn = (where) => {
    const page = { first: 1, previous: now.page - 1, next: now.page + 1, last: now.pages }[where];
    if (page < 1 || page > now.pages) return;
    set({ page: String(page) });
    $("list").scrollIntoView();
  };

  let waiting = 0;
  $("filter").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => set({ filter: $("filter").value }), 120);
  });
  $("kind").addEventListener("change", () => set({ kind: $("kind").value }));
  $("field").addEventListener("change", () => set({ field: $("field").value }));
  $("clear").addEventListener("click", () => set({ ...first }));
  $("controls").addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll("#table th button")) {
    button.addEventListener("click", () => {
      const sort = button.dataset.sort;
      set({ sort, desc: sort === state.sort && !state.desc ? "1" : "" });
    });
  }
  for (const button of document.querySelectorAll("#pages button")) {
    button.addEventListener("click", () => turn(button.dataset.page));
  }
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !typing) {
      event.preventDefault();
      $("filter").focus();
    } else if (event.key === "Escape") {
      set({ ...first });
    } else if (event.key === "ArrowRight" && !typing) {
      turn("next");
    } else if (event.key === "ArrowLeft" && !typing) {
      turn("previous");
    }
  });
  addEventListener("hashchange", () => { read(); show(); });
  addEventListener("beforeprint", () => draw(PRINTED));
  addEventListener("afterprint", show);
  read();
  show();
})();
