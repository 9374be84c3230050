/** Totals as `conflict_incidents.total` gives them: unknown stays unknown, and each incident counts once. */

/**
 * @typedef {{low: number?, best: number?, high: number?, high_open: boolean, incidents: number, unknown: number,
 *   open_ended: number, without_best: number, parts: number}} Total
 * @typedef {{status: string[], counted_in: string[], low: number[], best: number[], high: number[],
 *   high_open: boolean[]}} Columns
 */

const known = (value) => value !== undefined && value !== null;
const add = (sum, value) => (known(value) ? (sum ?? 0) + value : sum);

/**
 * @param {Iterable<number>} rows
 * @param {Columns} columns
 * @param {string[]?} ids needed only where incidents are counted in others
 * @returns {Total}
 * @throws {Error} an incident is part of two that aren't part of each other
 */
export function total(rows, columns, ids) {
  const counted = [...rows].filter((row) => columns.status[row] !== "withdrawn");
  const { heads, parts, numbers } = asCounted(counted, columns, ids);
  const sum = { low: null, best: null, high: null, incidents: 0, unknown: 0, open_ended: 0, without_best: 0, parts: 0 };
  for (const row of heads) {
    const { low, high, open } = numbers.get(row) ?? { low: columns.low[row], high: columns.high[row], open: columns.high_open[row] };
    const best = columns.best[row];
    const isKnown = known(low) || known(high);
    sum.low = add(sum.low, low);
    sum.high = add(sum.high, known(high) ? high : low);
    sum.best = add(sum.best, best);
    sum.incidents += 1;
    sum.unknown += isKnown ? 0 : 1;
    sum.open_ended += isKnown && open ? 1 : 0;
    sum.without_best += isKnown && !known(best) ? 1 : 0;
    sum.parts += parts.get(row) ?? 0;
  }
  if (sum.without_best) sum.best = null;
  return { ...sum, high_open: sum.open_ended + sum.unknown > 0 };
}

/** Which rows are counted by themselves, how many parts each has, and the numbers that come from parts. */
function asCounted(rows, columns, ids) {
  const none = { heads: rows, parts: new Map(), numbers: new Map() };
  if (!rows.some((row) => columns.counted_in[row])) return none;
  const at = new Map(rows.map((row) => [ids[row], row]));
  const wholes = new Map();
  for (const row of rows) {
    const found = (columns.counted_in[row] || "").split(";").map((id) => at.get(id.trim())).filter(known);
    if (found.length) wholes.set(row, found);
  }
  if (!wholes.size) return none;
  const head = new Map();
  for (const [row, found] of wholes) {
    const outermost = new Set(found.filter((whole) => !wholes.has(whole)));
    if (outermost.size !== 1) throw new Error(`${ids[row]} is counted in several incidents, none of which has all`);
    head.set(row, [...outermost][0]);
  }
  const isKnown = (row) => known(columns.low[row]) || known(columns.high[row]);
  const parts = new Map();
  const numbers = new Map();
  for (const [row, found] of wholes) {
    const whole = head.get(row);
    parts.set(whole, (parts.get(whole) ?? 0) + 1);
    if (!isKnown(row) || found.some(isKnown)) continue;
    const sum = numbers.get(whole) ?? { low: null, high: null, open: true };
    numbers.set(whole, { ...sum, low: add(sum.low, columns.low[row]), high: add(sum.high, columns.high[row]) });
  }
  for (const [row, { low }] of numbers) if (!(low > 0)) numbers.delete(row);
  return { heads: rows.filter((row) => !head.has(row)), parts, numbers };
}

const number = (value) => value.toLocaleString("en").replaceAll(",", "\u202f");

/** An estimate, or a total, in words: `5–7 or more`; `unknown` where nothing is known. */
export function words(low, high, open) {
  const more = open ? " or more" : "";
  if (!known(high)) return known(low) ? `at least ${number(low)}` : "unknown";
  if (!known(low)) return open ? `up to ${number(high)}${more}` : `at most ${number(high)}`;
  return (low === high ? number(low) : `${number(low)}–${number(high)}`) + more;
}

export { known, number };
