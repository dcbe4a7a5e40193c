// Classic script: works from file:// and adds only what the page can do without.
(function () {
  "use strict";

  function value(row, column) {
    var cell = row.cells[column];
    var text = cell.hasAttribute("data-value") ? cell.getAttribute("data-value") : cell.textContent.trim();
    var number = Number(text);
    return text !== "" && isFinite(number) ? number : text;
  }

  function compare(one, other) {
    if (typeof one === "number" && typeof other === "number") return one - other;
    return String(one).localeCompare(String(other));
  }

  function makeSortable(table) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      while (head.firstChild) button.appendChild(head.firstChild);
      head.appendChild(button);
      button.addEventListener("click", function () {
        var rows = Array.prototype.slice.call(table.tBodies[0].rows);
        var descending = head.getAttribute("aria-sort") !== "descending" && typeof value(rows[0], column) === "number";
        if (head.getAttribute("aria-sort") === "ascending") descending = true;
        rows.sort(function (one, other) {
          var order = compare(value(one, column), value(other, column));
          return descending ? -order : order;
        });
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell) {
          cell.removeAttribute("aria-sort");
        });
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        rows.forEach(function (row) { table.tBodies[0].appendChild(row); });
      });
    });
  }

  function turnWithArrows(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target !== document.body) return;
    var link = document.querySelector('a[data-key="' + (/^Arrow(Left|Right)$/.test(event.key) ? event.key : "") + '"]');
    if (link) location.href = link.href;
  }

  document.querySelectorAll("table.sortable").forEach(makeSortable);
  document.addEventListener("keydown", turnWithArrows);
})();
