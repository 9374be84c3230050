/** The page Explore: filters, totals, map, timeline and list of one release. */
import "leaflet/dist/leaflet.css";
import "./explore.css";
import { csvOf, download } from "./csv.js";
import { ASKED, dayText, fromAddress, selected, toAddress, unitsOf } from "./filters.js";
import { IncidentMap } from "./map.js";
import { Table } from "./parquet.js";
import { Search } from "./search.js";
import { draw } from "./timeline.js";
import { known, number, total, words } from "./totals.js";

const TOTAL = ["", "Low to high", "Best", "Incidents", "Of these unknown", "Open-ended"];
const ENTRY = ["", "", "", "", "Count"];
const LISTED = 20; // incidents on a page of the list
const $ = (id) => document.getElementById(id);
const plural = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
const plain = (code) => (code ?? "").replaceAll("_", " ");

class Explore {
  /** @param {any} about what `explore.json` says of the release */
  constructor(about, incidents) {
    this.about = about;
    this.incidents = incidents;
    this.tables = new Map([["incidents", Promise.resolve(incidents)]]);
    this.search = new Search(this);
    this.map = new IncidentMap($("map"), (row) => this.#visit(row));
    this.state = fromAddress(location.hash);
    this.open = (name) => {
      if (!this.tables.has(name)) this.tables.set(name, Table.open(`release/${name}.parquet`, about.tables[name]));
      return this.tables.get(name);
    };
  }

  async start() {
    this.#controls();
    $("filters").open = innerWidth > 800;
    await Promise.all([this.map.draw("assets/world-110m.json"), this.update(true)]);
    document.body.dataset.ready = "";
  }

  #controls() {
    for (const name of Object.keys(ASKED)) {
      const control = $(`ask-${name}`);
      control?.addEventListener(name === "q" || name === "unit" ? "input" : "change", () => this.ask({ [name]: control.value }, name));
    }
    $("ask-unit").addEventListener("focus", () => this.#units());
    $("reset").addEventListener("click", () => this.ask({ ...ASKED }, "", true));
    $("inside").addEventListener("change", ({ target }) => this.ask({ box: target.checked ? this.map.box() : "" }));
    $("before").addEventListener("click", () => this.ask({ page: String(Number(this.state.page) - 1) }, "page"));
    $("after").addEventListener("click", () => this.ask({ page: String(Number(this.state.page) + 1) }, "page"));
    $("csv").addEventListener("click", async () => download(await csvOf(this.rows, this.incidents), `${this.about.name}-${this.about.version}-selection.csv`));
    $("link").addEventListener("click", () => navigator.clipboard?.writeText(location.href).then(() => ($("copied").textContent = "copied")));
    addEventListener("hashchange", () => {
      if ($(location.hash.slice(1))) return this.#address(); // "Skip to the content" is no selection
      if (toAddress(fromAddress(location.hash)) === toAddress(this.state)) return;
      this.state = fromAddress(location.hash);
      this.update(true);
    });
  }

  /** Ask for something else; typing waits for the next key. */
  ask(change, name = "", fit = false) {
    this.state = { ...this.state, page: "", ...change };
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.#address();
      this.update(fit || name === "q" || name === "country" || name === "unit", name);
    }, name === "q" || name === "unit" ? 250 : 0);
  }

  #address() {
    history.replaceState(null, "", toAddress(this.state) || location.pathname);
  }

  async #units() {
    const names = await unitsOf(this.state.country, this.incidents);
    $("units").replaceChildren(...names.map((name) => new Option(name, name)));
  }

  /** Bring everything in line with what is asked for; a later call wins. */
  async update(fit, changed) {
    const turn = (this.turn = Symbol("turn"));
    for (const name of Object.keys(ASKED)) {
      const control = $(`ask-${name}`);
      if (control && control.value !== this.state[name]) control.value = this.state[name];
    }
    $("inside").checked = Boolean(this.state.box);
    $("copied").textContent = "";
    const measure = this.about.measures.includes(this.state.measure) ? this.state.measure : ASKED.measure;
    const state = (this.state = { ...this.state, measure });
    const names = ["low", "best", "high", "high_open"].map((end) => `${measure}_${end}`);
    $("status").textContent = "Reading …";
    const [[status, counted_in, collection, lat, lon, from, to, low, best, high, high_open], rows] = await Promise.all([
      this.incidents.columns("status", "counted_in", "collection", "lat", "lon", "date_from", "date_to", ...names),
      selected(state, this),
    ]);
    if (turn !== this.turn) return;
    this.rows = rows;
    this.columns = { status, counted_in, collection, from, to, low, best, high, high_open };
    $("status").textContent = `${plural(rows.length, "incident")} of ${number(this.about.incidents)}`;
    if (changed !== "page" && changed !== "sort") {
      const placed = this.map.show(rows, lat, lon, (row) => known(low[row]) || known(high[row]), fit && !state.box);
      $("unplaced").textContent = placed < rows.length ? `${plural(rows.length - placed, "incident")} without a position ${rows.length - placed === 1 ? "isn't" : "aren't"} on the map.` : "";
      draw($("timeline"), $("periods"), rows, from, to, (first, last) => this.ask({ from: first, to: last }));
      await this.#totals();
    }
    if (turn === this.turn) await this.#list(turn);
    if (turn === this.turn) this.shown = this.state;
  }

  /** The total of some rows, as `conflict_incidents.total` gives it. */
  async sum(rows, measure) {
    const ends = ["low", "best", "high", "high_open"];
    const [status, counted_in, low, best, high, high_open] = await this.incidents.columns("status", "counted_in", ...ends.map((end) => `${measure}_${end}`));
    const needed = rows.some((row) => counted_in[row]);
    const [ids] = needed ? await this.incidents.columns("incident_id") : [null];
    return total(rows, { status, counted_in, low, best, high, high_open }, ids);
  }

  /** What the page says of a selection: how many incidents, and the total of each collection. */
  async answer(asked) {
    this.state = { ...ASKED, ...asked };
    await this.update(false);
    const lines = [...$("totals").children].map((line) => [line.dataset.collection, JSON.parse(line.dataset.total)]);
    return { incidents: this.rows.length, totals: Object.fromEntries(lines) };
  }

  /** A total for each collection: they are never added up together. */
  async #totals() {
    const { columns, rows } = this;
    const groups = grouped(rows, (row) => columns.collection[row] ?? "");
    const sorted = [...groups].sort(([a], [b]) => a.localeCompare(b));
    const sums = await Promise.all(sorted.map(([, own]) => this.sum(own, this.state.measure).catch((error) => error)));
    const lines = sorted.map(([name], index) => {
      const sum = sums[index];
      const line = document.createElement("tr");
      line.dataset.collection = name;
      if (sum instanceof Error) cells(line, TOTAL, name, sum.message, "", "", "", "");
      else {
        line.dataset.total = JSON.stringify(sum);
        const said = words(sum.low, sum.high, sum.high_open);
        cells(line, TOTAL, this.about.collections[name] ?? (name || "in no collection"), said, known(sum.best) ? number(sum.best) : "none", number(sum.incidents), number(sum.unknown), number(sum.open_ended));
        if (said === "unknown") line.children[1].innerHTML = '<span class="unknown">unknown</span>';
      }
      return line;
    });
    $("totals").replaceChildren(...lines);
    $("counted").textContent = plain(this.state.measure);
  }

  async #list(turn) {
    const { columns, state } = this;
    const sorted = sortedRows(this.rows, columns, state.sort);
    const pages = Math.max(1, Math.ceil(sorted.length / LISTED));
    const page = Math.min(Math.max(0, Math.floor(Number(state.page)) || 0), pages - 1);
    this.state.page = page ? String(page) : "";
    const rows = sorted.slice(page * LISTED, (page + 1) * LISTED);
    const wanted = ["incident_id", "title", "place_name", "kind", "country"];
    const [ids, titles, places, kinds, countries] = await Promise.all(wanted.map((name) => this.incidents.at(name, rows)));
    if (turn !== this.turn) return;
    $("list").replaceChildren(
      ...rows.map((row, index) => {
        const line = document.createElement("tr");
        const [first, last] = [dayText(columns.from[row]), dayText(columns.to[row])];
        cells(line, ENTRY, first === last ? first : `${first} to ${last}`, "", places[index] ?? "", plain(kinds[index]), words(columns.low[row], columns.high[row], columns.high_open[row]));
        line.children[1].append(this.#title(ids[index], titles[index]));
        line.children[2].textContent = [places[index], this.about.countries[countries[index]] ?? countries[index]].filter(Boolean).join(", ");
        if (line.lastChild.textContent === "unknown") line.lastChild.innerHTML = '<span class="unknown">unknown</span>';
        return line;
      }),
    );
    $("pages").textContent = `page ${number(page + 1)} of ${number(pages)}`;
    $("before").disabled = page === 0;
    $("after").disabled = page >= pages - 1;
  }

  /** The title of an incident, as a link where the site has its page. */
  #title(id, title) {
    const made = document.createElement(this.about.pages ? "a" : "span");
    if (this.about.pages) made.href = `incidents/${id}.html`;
    made.dir = "auto";
    made.textContent = title || id;
    return made;
  }

  async #visit(row) {
    const [id] = await this.incidents.at("incident_id", [row]);
    if (this.about.pages) location.href = `incidents/${id}.html`;
    else this.ask({ q: id }, "q");
  }
}

/** Fill a row of a table; on a phone each cell is a line, after its heading. */
function cells(line, headings, ...texts) {
  texts.forEach((text, index) => {
    const cell = document.createElement(index ? "td" : "th");
    if (!index) cell.scope = "row";
    if (index && headings[index]) cell.dataset.label = headings[index];
    cell.textContent = text;
    line.append(cell);
  });
}

function grouped(rows, key) {
  const found = new Map();
  for (const row of rows) {
    const own = found.get(key(row));
    if (own) own.push(row);
    else found.set(key(row), [row]);
  }
  return found;
}

/** The rows of the list: as in the release (by country and day), newest first, or by the highest number. */
function sortedRows(rows, { from, low, high }, sort) {
  if (sort === "new") return [...rows].sort((a, b) => (from[b] ?? 0) - (from[a] ?? 0));
  if (sort === "high") return [...rows].sort((a, b) => (high[b] ?? low[b] ?? -1) - (high[a] ?? low[a] ?? -1));
  return rows;
}

$("served").remove();
try {
  const about = await (await fetch("assets/explore.json")).json();
  const incidents = await Table.open("release/incidents.parquet", about.tables.incidents);
  window.explore = new Explore(about, incidents);
  await window.explore.start();
} catch (error) {
  $("status").textContent = `The release can't be read: ${error.message}. Load the page again.`;
}
