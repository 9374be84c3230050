/** Columns of the release's Parquet files, by range requests. */
import { decompress } from "fzstd";
import { asyncBufferFromUrl, parquetMetadataAsync, parquetRead, parquetScan } from "hyparquet";

const MICROSECONDS_A_DAY = 86_400_000_000n;
/** Columns up to this size are read whole: single rows would save nothing. */
const WHOLE = 50_000;
/** Rows that are no farther apart are read together. */
const NEAR = 50;

const options = {
  compressors: { ZSTD: (input, length) => decompress(input, new Uint8Array(length)) },
  // A day is a number of days: half a million dates would be slow.
  parsers: { timestampFromMicroseconds: (value) => Number(value / MICROSECONDS_A_DAY) },
};

export class Table {
  /**
   * @param {string} url
   * @param {{bytes: number, footer: number}} size of the file, and of the end that describes it
   */
  static async open(url, { bytes, footer }) {
    const file = await asyncBufferFromUrl({ url, byteLength: bytes });
    const metadata = await parquetMetadataAsync(file, { initialFetchSize: footer });
    return new Table(file, metadata);
  }

  constructor(file, metadata) {
    this.file = file;
    this.metadata = metadata;
    this.length = Number(metadata.num_rows);
    this.names = metadata.schema.slice(1).map((field) => field.name);
    /** @type {Map<string, Promise<any[]>>} */
    this.held = new Map();
    this.pages = new Map();
  }

  /** The size of a column, in bytes as they are sent. */
  size(name) {
    const chunks = this.metadata.row_groups.flatMap((group) => group.columns);
    const own = chunks.filter((chunk) => chunk.meta_data.path_in_schema[0] === name);
    return own.reduce((sum, chunk) => sum + Number(chunk.meta_data.total_compressed_size), 0);
  }

  /**
   * Some columns, whole; what is there already isn't fetched again.
   * @param {string[]} names
   * @returns {Promise<any[][]>} the unknown is undefined or null
   */
  columns(...names) {
    const wanted = names.filter((name) => !this.held.has(name));
    if (wanted.length) {
      const read = this.#read(wanted);
      for (const name of wanted) this.held.set(name, read.then((found) => found[name]));
    }
    return Promise.all(names.map((name) => this.held.get(name)));
  }

  async #read(columns) {
    const found = Object.fromEntries(columns.map((name) => [name, new Array(this.length)]));
    const onChunk = ({ columnName, columnData, rowStart }) => {
      const whole = found[columnName];
      for (let i = 0; i < columnData.length; i++) whole[rowStart + i] = columnData[i];
    };
    await parquetRead({ ...options, file: this.file, metadata: this.metadata, columns, onChunk });
    return found;
  }

  /**
   * The values of a column in some rows: of a large one only the pages that have them are fetched.
   * @param {string} name
   * @param {number[]} rows
   */
  async at(name, rows) {
    if (this.held.has(name) || this.size(name) <= WHOLE) {
      const [whole] = await this.columns(name);
      return rows.map((row) => whole[row]);
    }
    const found = new Map();
    await Promise.all(ranges(rows).map(async ([first, last]) => {
      const values = await this.#range(name, first, last);
      for (let row = first; row <= last; row++) found.set(row, values[row - first]);
    }));
    return rows.map((row) => found.get(row));
  }

  #range(name, first, last) {
    const key = `${name} ${first} ${last}`;
    if (!this.pages.has(key)) this.pages.set(key, this.#read_range(name, first, last));
    return this.pages.get(key);
  }

  async #read_range(column, first, last) {
    this.scan ??= parquetScan({ ...options, file: this.file, metadata: this.metadata });
    return (await this.scan).readColumn({ column, rowStart: first, rowEnd: last + 1 });
  }
}

/** Rows as ranges: those that are likely on one page are one. */
function ranges(rows) {
  const found = [];
  for (const row of [...new Set(rows)].sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last && row - last[1] <= NEAR) last[1] = row;
    else found.push([row, row]);
  }
  return found;
}
