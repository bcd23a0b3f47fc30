"use strict";
// Search, sorting and links into closed packets. Without it the page shows everything all the same.
(() => {
  const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

  function openTarget() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target || target.tagName !== "DETAILS") return;
    target.hidden = false;
    target.open = true;
    target.scrollIntoView();
    target.querySelector("summary").focus({ preventScroll: true });
  }

  function searchFlows() {
    const input = document.getElementById("flow-search");
    if (!input) return;
    const rows = [...document.querySelectorAll("#flow-table tbody tr")];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      rows.forEach((row, index) => {
        row.hidden = !words.every((word) => texts[index].includes(word));
        if (!row.hidden) count += 1;
      });
      document.getElementById("flow-count").textContent = plural(count, "flow");
    });
  }

  function searchPackets() {
    const input = document.getElementById("packet-search");
    if (!input) return;
    const packets = [...document.querySelectorAll("#packet-list > details")];
    const texts = packets.map((packet) => packet.textContent.toLowerCase());
    const buttons = [...document.querySelectorAll("button[data-kind]")];
    let kind = "";
    const update = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      packets.forEach((packet, index) => {
        packet.hidden =
          (kind !== "" && packet.dataset.kind !== kind) ||
          !words.every((word) => texts[index].includes(word));
        if (!packet.hidden) count += 1;
      });
      document.getElementById("packet-count").textContent = plural(count, "packet");
    };
    input.addEventListener("input", update);
    for (const button of buttons) {
      button.addEventListener("click", () => {
        kind = button.dataset.kind;
        for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
        update();
      });
    }
  }

  function sortTables() {
    for (const table of document.querySelectorAll("table.sortable")) {
      const heads = [...table.querySelectorAll("thead th")];
      const body = table.tBodies[0];
      const value = (row, column) => {
        const cell = row.cells[column];
        return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent;
      };
      const compare = (one, other) =>
        typeof one === "number" ? one - other : one.localeCompare(other, "en", { numeric: true });
      heads.forEach((head, column) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = head.textContent;
        head.replaceChildren(button);
        button.addEventListener("click", () => {
          const isNumber = head.classList.contains("number");
          const current = head.getAttribute("aria-sort");
          const isDown = current ? current === "ascending" : isNumber;
          for (const other of heads) other.removeAttribute("aria-sort");
          head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
          const rows = [...body.rows];
          rows.sort((a, b) => compare(value(a, column), value(b, column)) * (isDown ? -1 : 1));
          body.append(...rows);
        });
      });
    }
  }

  // A fading edge is the sign that there is more behind it.
  function markEdges() {
    const mark = (box) => {
      const hidden = box.scrollWidth - box.clientWidth;
      box.classList.toggle("more-left", box.scrollLeft > 1);
      box.classList.toggle("more-right", box.scrollLeft < hidden - 1);
    };
    const sizes = new ResizeObserver((entries) => entries.forEach((entry) => mark(entry.target)));
    for (const box of document.querySelectorAll(".scroll")) {
      sizes.observe(box);
      box.addEventListener("scroll", () => mark(box), { passive: true });
    }
  }

  // On paper nothing opens any more: what is evidence is open there.
  function printEvidence() {
    let closed = [];
    addEventListener("beforeprint", () => {
      const links = [...document.querySelectorAll('.findings a[href^="#packet-"]')];
      closed = links.map((link) => document.querySelector(link.hash))
        .filter((packet) => !packet.open);
      for (const packet of closed) packet.open = true;
    });
    addEventListener("afterprint", () => {
      for (const packet of closed) packet.open = false;
    });
  }

  for (const tools of document.querySelectorAll(".tools")) tools.hidden = false;
  searchFlows();
  searchPackets();
  sortTables();
  markEdges();
  printEvidence();
  addEventListener("hashchange", openTarget);
  openTarget();
})();
