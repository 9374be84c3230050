/** The selection: what is asked for, as the address has it, and the rows that fit. */
import { known } from "./totals.js";

/** What can be asked for, by its name in the address; the value is what is meant where it isn't there. */
export const ASKED = {
  q: "", collection: "", country: "", unit: "", from: "", to: "", kind: "", party: "", measure: "killed",
  agreement: "", voices: "", toll: "", box: "", sort: "", page: "",
};
const UNITS = ["adm1_name", "adm2_name", "adm3_name"];
const DAY = 86_400_000;

export function fromAddress(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  return Object.fromEntries(Object.entries(ASKED).map(([name, usual]) => [name, given.get(name) ?? usual]));
}

export function toAddress(state) {
  const said = Object.entries(state).filter(([name, value]) => name in ASKED && value && value !== ASKED[name]);
  return said.length ? `#${new URLSearchParams(said)}` : "";
}

/** A day as the number of days since 1970; undefined where the text is none. */
export function dayOf(text) {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00Z`) : NaN;
  return Number.isNaN(time) ? undefined : time / DAY;
}

export const dayText = (day) => (known(day) ? new Date(day * DAY).toISOString().slice(0, 10) : "");

/**
 * The rows of a selection. Only the columns that it asks for are fetched.
 * @param {ReturnType<fromAddress>} state
 * @returns {Promise<number[]>}
 */
export async function selected(state, { incidents, open, search }) {
  /** @type {((row: number) => boolean)[]} */
  const tests = [];
  const is = async (name, test) => {
    const [values] = await incidents.columns(name);
    tests.push((row) => test(values[row]));
  };
  const asks = [is("status", (value) => value !== "withdrawn")];
  for (const name of ["collection", "country", "kind"]) if (state[name]) asks.push(is(name, (value) => value === state[name]));
  const [from, to] = [dayOf(state.from), dayOf(state.to)];
  if (known(from)) asks.push(is("date_to", (day) => known(day) && day >= from));
  if (known(to)) asks.push(is("date_from", (day) => known(day) && day <= to));
  if (state.agreement) asks.push(is(`${state.measure}_agreement`, (value) => value === state.agreement));
  if (Number(state.voices)) asks.push(is(`${state.measure}_originators`, (value) => (value ?? 0) >= Number(state.voices)));
  if (state.toll) asks.push(toll(state, incidents, tests));
  if (state.unit) asks.push(unit(state.unit, incidents, tests));
  if (state.party) asks.push(party(state.party, incidents, open, tests));
  if (state.box) asks.push(box(state.box, incidents, tests));
  if (state.q.trim()) asks.push(search.finder(state.q).then((test) => tests.push(test)));
  await Promise.all(asks);
  const rows = [];
  for (let row = 0; row < incidents.length; row++) if (tests.every((test) => test(row))) rows.push(row);
  return rows;
}

async function toll({ measure, toll: wanted }, incidents, tests) {
  const [low, high] = await incidents.columns(`${measure}_low`, `${measure}_high`);
  tests.push((row) => (known(low[row]) || known(high[row])) === (wanted === "known"));
}

async function unit(name, incidents, tests) {
  const levels = await incidents.columns(...UNITS);
  tests.push((row) => levels.some((level) => level[row] === name));
}

/** The incidents in which an actor fought, or that somebody attributes to it. */
async function party(actor, incidents, open, tests) {
  const statements = await open("attributions");
  const [sides, [of, actors], [ids]] = await Promise.all([
    incidents.columns("side_a", "side_b"),
    statements.columns("incident_id", "actor_id"),
    statements.length ? incidents.columns("incident_id") : [[]],
  ]);
  const attributed = new Set(of.filter((_, row) => actors[row] === actor));
  tests.push((row) => attributed.has(ids[row]) || sides.some((side) => (side[row] ?? "").split(";").includes(actor)));
}

/** The incidents at positions inside of south, west, north and east. */
async function box(text, incidents, tests) {
  const [south, west, north, east] = text.split(",").map(Number);
  const [lat, lon] = await incidents.columns("lat", "lon");
  tests.push((row) => lat[row] >= south && lat[row] <= north && lon[row] >= west && lon[row] <= east);
}

/** The names of units, those of a country alone where one is chosen. */
export async function unitsOf(country, incidents) {
  const [countries, ...levels] = await incidents.columns("country", ...UNITS);
  const found = new Set();
  for (const level of levels) level.forEach((name, row) => name && (!country || countries[row] === country) && found.add(name));
  return [...found].sort((a, b) => a.localeCompare(b));
}
