/** Search in the codebook: hides the columns that don't have every word. */

const box = document.querySelector(".search");
const input = /** @type {HTMLInputElement} */ (document.getElementById("find"));
const found = document.getElementById("found");
const sections = [...document.querySelectorAll(".codebook")].map((section) => ({
  section,
  columns: [...section.querySelectorAll(".column")].map((column) => ({
    column,
    text: `${column.id} ${column.textContent}`.toLowerCase(),
  })),
}));

function filter() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { section, columns } of sections) {
    let left = 0;
    for (const { column, text } of columns) {
      column.hidden = !words.every((word) => text.includes(word));
      left += column.hidden ? 0 : 1;
    }
    section.hidden = left === 0;
    count += left;
  }
  found.textContent = words.length ? `${count} column${count === 1 ? "" : "s"}` : "";
}

box.hidden = false;
input.addEventListener("input", filter);
