"use strict";
// Shows the rows that have all words of the search box, without regard to case and accents.
(() => {
  const box = document.getElementById("search");
  if (!box) return;
  const found = document.getElementById("found");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const cells = (row) => plain(Array.from(row.cells, (cell) => cell.textContent).join("\n"));
  const rows = Array.from(document.querySelectorAll(".scroll tbody tr"), (row) => [row, cells(row)]);
  const search = () => {
    const words = plain(box.value).split(/\s+/).filter((word) => word !== "");
    let count = 0;
    for (const [row, text] of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      count += row.hidden ? 0 : 1;
    }
    found.textContent = `${count.toLocaleString("en")} of ${rows.length.toLocaleString("en")}`;
  };
  box.addEventListener("input", search);
  search();
})();
