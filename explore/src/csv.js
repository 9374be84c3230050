/** The selection as CSV: the columns of `incidents.csv`, the unknown empty. */
import { dayText } from "./filters.js";
import { known } from "./totals.js";

/** A cell; text that a spreadsheet would run as a formula gets an apostrophe, as the release's HXL has it. */
export function cell(value, isDay) {
  if (!known(value)) return "";
  if (isDay) return dayText(value);
  if (typeof value !== "string") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export async function csvOf(rows, incidents) {
  const columns = await incidents.columns(...incidents.names);
  const days = incidents.metadata.schema.slice(1).map((field) => field.converted_type === "TIMESTAMP_MICROS" || field.logical_type?.type === "TIMESTAMP");
  const lines = rows.map((row) => columns.map((column, index) => cell(column[row], days[index])).join(","));
  return `${[incidents.names.join(","), ...lines].join("\n")}\n`;
}

export function download(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
