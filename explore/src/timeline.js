/** The timeline: incidents a month, or a year where that would be too many bars. */
import { dayText } from "./filters.js";
import { known, number } from "./totals.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST = 150; // bars
const HEIGHT = 120;

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Months since year 0 of a day. */
const monthOf = (day) => {
  const date = new Date(day * 86_400_000);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
};

/**
 * The periods from the first incident to the last with their incidents. One that isn't known to lie within one period
 * is in none.
 */
export function periods(rows, from, to) {
  const months = rows.filter((row) => known(from[row])).map((row) => [monthOf(from[row]), monthOf(to[row])]);
  if (!months.length) return { bars: [], none: rows.length, years: false };
  const first = months.reduce((least, [month]) => Math.min(least, month), Infinity);
  const last = months.reduce((most, [, month]) => Math.max(most, month), -Infinity);
  const years = last - first >= MOST;
  const of = (month) => (years ? Math.floor(month / 12) : month);
  const counts = new Array(of(last) - of(first) + 1).fill(0);
  let none = rows.length - months.length;
  for (const [begun, ended] of months) {
    if (of(begun) === of(ended)) counts[of(begun) - of(first)] += 1;
    else none += 1;
  }
  const name = (index) => {
    const period = of(first) + index;
    return years ? String(period) : `${Math.floor(period / 12)}-${String((period % 12) + 1).padStart(2, "0")}`;
  };
  return { bars: counts.map((count, index) => ({ name: name(index), count })), none, years };
}

/** Draw the timeline; `choose` is called with the first and the last day of a bar that was clicked. */
export function draw(svg, caption, rows, from, to, choose) {
  const { bars, none, years } = periods(rows, from, to);
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  svg.replaceChildren();
  const width = 100 / Math.max(bars.length, 6); // a few bars are no blocks
  bars.forEach(({ name, count }, index) => {
    const height = count ? Math.max((HEIGHT - 24) * (count / most), 2) : 0;
    const bar = element("rect", { x: `${index * width}%`, y: HEIGHT - 20 - height, width: `${width * 0.85}%`, height, class: "month" });
    const title = element("title", {});
    title.textContent = `${name}: ${number(count)}`;
    bar.append(title);
    bar.addEventListener("click", () => choose(...span(name)));
    svg.append(bar);
  });
  const step = Math.ceil(bars.length / Math.max(1, Math.floor((svg.clientWidth || 500) / 75)));
  bars.forEach(({ name }, index) => {
    if (index % step) return;
    const text = element("text", { x: `${index * width}%`, y: HEIGHT - 4, class: "tick" });
    text.textContent = name;
    svg.append(text);
  });
  const top = bars.reduce((best, bar) => (bar.count > (best?.count ?? 0) ? bar : best), null);
  const unit = years ? "year" : "month";
  const said = top ? `Incidents a ${unit}, ${bars[0].name} to ${bars.at(-1).name}; most in ${top.name}: ${number(top.count)}.` : "No incident.";
  const apart = none ? ` ${number(none)} not known to lie within one ${unit} ${none === 1 ? "is" : "are"} in no bar.` : "";
  svg.setAttribute("aria-label", said + apart);
  caption.textContent = said + apart;
}

function span(name) {
  if (name.length === 4) return [`${name}-01-01`, `${name}-12-31`];
  const [year, month] = name.split("-").map(Number);
  return [`${name}-01`, dayText(Date.UTC(year, month, 0) / 86_400_000)];
}
