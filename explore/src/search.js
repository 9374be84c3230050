/** Search in titles, ids and the names of places in every spelling and script. */

const SAME = { أ: "ا", إ: "ا", آ: "ا", ٱ: "ا", ة: "ه", ى: "ي", ؤ: "و", ئ: "ي", ـ: "", ı: "i", ł: "l", ø: "o", đ: "d", ß: "ss", æ: "ae" };
const LETTERS = new RegExp(`[${Object.keys(SAME).join("")}]`, "gu");

/** A text without what spellings differ in: case, accents, vowel signs, apostrophes and hyphens. */
export function folded(text) {
  return text
    .toLowerCase()
    .normalize("NFC")
    .replace(LETTERS, (letter) => SAME[letter])
    .normalize("NFKD")
    .replace(/[\p{M}'’‘`ʼʿʾ-]/gu, "");
}

/**
 * Finds the rows that have every word, in the title, the id or a name of the place.
 * @param {{incidents: import("./parquet.js").Table, open: (name: string) => Promise<import("./parquet.js").Table>}} release
 */
export class Search {
  constructor(release) {
    this.release = release;
  }

  async #texts() {
    const { incidents, open } = this.release;
    const [places, names] = await Promise.all([open("places"), open("place_names")]);
    const [[ids, own], [of, other], [title, id, place]] = await Promise.all([
      places.columns("place_id", "name"),
      names.columns("place_id", "name"),
      incidents.columns("title", "incident_id", "place_id"),
    ]);
    const named = new Map(ids.map((key, row) => [key, own[row] ?? ""]));
    of.forEach((key, row) => named.set(key, `${named.get(key) ?? ""} ${other[row]}`));
    for (const [key, text] of named) named.set(key, folded(text));
    return title.map((text, row) => `${folded(text ?? "")} ${id[row].toLowerCase().replaceAll("-", "")} ${named.get(place[row]) ?? ""}`);
  }

  /** @returns {Promise<(row: number) => boolean>} */
  async finder(query) {
    const wanted = folded(query).split(/\s+/).filter(Boolean);
    this.texts ??= this.#texts();
    const texts = await this.texts;
    return (row) => wanted.every((word) => texts[row].includes(word));
  }
}
