/** Bundles the page Explore: `npm ci && npm run build`. The result is committed, with its checksums. */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const OUT = "../src/conflict_incidents/release/site/static/";
const LIBRARIES = ["fzstd", "hyparquet", "leaflet", "topojson-client", "world-atlas"];
const MAPS = { "world-110m.json": "countries-110m.json", "world-50m.json": "countries-50m.json" };

await build({
  entryPoints: { explore: "src/main.js" },
  outdir: OUT,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  loader: { ".png": "empty" },
});

// The boundaries alone: no names, no numbers.
for (const [name, file] of Object.entries(MAPS)) {
  const world = JSON.parse(readFileSync(`node_modules/world-atlas/${file}`, "utf8"));
  const inhabited = world.objects.countries.geometries.filter((country) => country.properties.name !== "Antarctica");
  const geometries = inhabited.map(({ type, arcs }) => ({ type, arcs }));
  const objects = { countries: { type: "GeometryCollection", geometries } };
  writeFileSync(OUT + name, JSON.stringify({ type: "Topology", transform: world.transform, objects, arcs: world.arcs }));
}

const licences = LIBRARIES.map((name) => {
  const folder = `node_modules/${name}/`;
  const { version, license } = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  return `${name} ${version} (${license})\n\n${readFileSync(folder + file, "utf8").replaceAll("\r", "").trim()}\n`;
});
const natural = "Boundaries: made with Natural Earth, which is in the public domain.\n";
writeFileSync(`${OUT}licences.txt`, [natural, ...licences].join(`\n${"-".repeat(72)}\n\n`));

const built = ["explore.css", "explore.js", "licences.txt", ...Object.keys(MAPS)].sort();
const sums = built.map((name) => `${createHash("sha256").update(readFileSync(OUT + name)).digest("hex")}  ${name}\n`);
writeFileSync("SHA256SUMS", sums.join(""));
