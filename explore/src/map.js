/** The map: boundaries of Natural Earth, and the incidents of the selection, those close together as one circle. */
import L from "leaflet";
import { feature } from "topojson-client";

const CELL = 28; // pixels: incidents in one cell are one circle
const FINE = 5; // from this zoom on, the finer boundaries

/** Draws circles on a canvas: a hundred thousand elements would be too many. */
const Circles = L.Layer.extend({
  initialize(colours) {
    this.colours = colours;
    this.points = [];
  },
  onAdd(map) {
    this.canvas = L.DomUtil.create("canvas", "leaflet-zoom-hide", map.getPane("circles"));
    map.on("moveend resize", this.draw, this);
    this.draw();
  },
  show(points) {
    this.points = points;
    this.draw();
  },
  draw() {
    const map = this._map;
    const { x, y } = map.getSize();
    const ratio = window.devicePixelRatio || 1;
    Object.assign(this.canvas, { width: x * ratio, height: y * ratio });
    Object.assign(this.canvas.style, { width: `${x}px`, height: `${y}px` });
    L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([0, 0]));
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    this.cells = this.grouped();
    const { fill, edge, text } = this.colours();
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = "600 12px system-ui, sans-serif";
    for (const { x, y, count, known } of this.cells) {
      const radius = radiusOf(count);
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.globalAlpha = 0.85;
      if (known) {
        context.fillStyle = fill;
        context.fill();
      }
      context.globalAlpha = 1;
      context.setLineDash(known ? [] : [3, 2]);
      context.strokeStyle = known ? edge : fill;
      context.lineWidth = known ? 1 : 2;
      context.stroke();
      if (count > 1) {
        context.fillStyle = known ? text : fill;
        context.fillText(short(count), x, y);
      }
    }
  },
  /** The incidents in view by cells of a grid that stays where it is as the map moves. */
  grouped() {
    const map = this._map;
    const size = map.getSize();
    const origin = map.getPixelBounds().min;
    const scale = 256 * 2 ** map.getZoom();
    const cells = new Map();
    for (const { mx, my, row, known } of this.points) {
      const x = mx * scale - origin.x;
      const y = my * scale - origin.y;
      if (x < -CELL || y < -CELL || x > size.x + CELL || y > size.y + CELL) continue;
      const key = `${Math.floor((mx * scale) / CELL)},${Math.floor((my * scale) / CELL)}`;
      const cell = cells.get(key) ?? { x: 0, y: 0, count: 0, known: false, rows: [] };
      cell.x += x;
      cell.y += y;
      cell.count += 1;
      cell.known ||= known;
      if (cell.rows.length < 2) cell.rows.push(row);
      cells.set(key, cell);
    }
    return apart([...cells.values()].map((cell) => ({ ...cell, x: cell.x / cell.count, y: cell.y / cell.count })));
  },
  at(point) {
    return this.cells.find(({ x, y, count }) => Math.hypot(point.x - x, point.y - y) <= radiusOf(count) + 2);
  },
});

/** Circles that would lie on each other become one, at their common centre. */
function apart(cells) {
  const kept = [];
  for (const cell of cells.sort((a, b) => b.count - a.count)) {
    const near = kept.find(({ x, y, count }) => Math.hypot(cell.x - x, cell.y - y) < 0.8 * (radiusOf(count) + radiusOf(cell.count)));
    if (!near) kept.push(cell);
    else {
      const count = near.count + cell.count;
      near.x = (near.x * near.count + cell.x * cell.count) / count;
      near.y = (near.y * near.count + cell.y * cell.count) / count;
      Object.assign(near, { count, known: near.known || cell.known });
    }
  }
  return kept;
}

const radiusOf = (count) => (count === 1 ? 5 : Math.min(9 + 2.2 * Math.log2(count), 26));
const short = (count) => (count < 1000 ? String(count) : `${(count / 1000).toFixed(count < 10_000 ? 1 : 0)}k`);

/** Rings that cross the antimeridian go on beyond it, in place of a line across the whole map. */
function unwrapped(world) {
  const ring = (points) => {
    let turn = 0;
    return points.map(([lon, lat], index) => {
      const step = index ? lon - points[index - 1][0] : 0;
      turn += step > 180 ? -360 : step < -180 ? 360 : 0;
      return [lon + turn, lat];
    });
  };
  for (const { geometry } of world.features) {
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    for (const polygon of polygons) polygon.forEach((points, index) => (polygon[index] = ring(points)));
  }
  return world;
}

export class IncidentMap {
  /**
   * @param {HTMLElement} element
   * @param {(row: number) => void} choose called with the row of a single incident that was clicked
   */
  constructor(element, choose) {
    const colour = (name) => getComputedStyle(element).getPropertyValue(name).trim();
    this.map = L.map(element, {
      attributionControl: false, worldCopyJump: true, minZoom: 1, maxZoom: 14, zoomSnap: 0.5, preferCanvas: true,
      fadeAnimation: false, maxBounds: [[-85, -270], [85, 270]],
    }).setView([20, 20], 1.5);
    this.boundaries = L.geoJSON(undefined, { interactive: false, style: () => this.style() }).addTo(this.map);
    this.style = () => ({ color: colour("--line"), weight: 1, fillColor: colour("--panel"), fillOpacity: 1 });
    this.map.createPane("circles").style.zIndex = "450";
    this.circles = new Circles(() => ({ fill: colour("--voice"), edge: colour("--paper"), text: colour("--best") })).addTo(this.map);
    this.map.on("click", ({ containerPoint }) => {
      const cell = this.circles.at(containerPoint);
      if (!cell) return;
      if (cell.count === 1) choose(cell.rows[0]);
      else this.map.setView(this.map.containerPointToLatLng([cell.x, cell.y]), Math.min(this.map.getZoom() + 2, 14));
    });
    this.map.on("zoomend", () => this.#finer());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.boundaries.setStyle(this.style());
      this.circles.draw();
    });
  }

  /** Draw the boundaries, from a file of the site. */
  async draw(file) {
    const world = await (await fetch(file)).json();
    this.boundaries.clearLayers();
    this.boundaries.addData(unwrapped(feature(world, world.objects.countries)));
  }

  #finer() {
    if (this.map.getZoom() < FINE || this.fine) return;
    this.fine = this.draw("assets/world-50m.json");
  }

  /** Show rows at their positions; `fit` moves the map to where they are. */
  show(rows, lat, lon, isKnown, fit) {
    const points = [];
    const bounds = L.latLngBounds([]);
    for (const row of rows) {
      if (lat[row] === undefined || lat[row] === null) continue;
      const sin = Math.sin((lat[row] * Math.PI) / 180);
      const my = 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI);
      points.push({ mx: lon[row] / 360 + 0.5, my, row, known: isKnown(row) });
      bounds.extend([lat[row], lon[row]]);
    }
    if (fit && bounds.isValid()) this.map.fitBounds(bounds.pad(0.1), { maxZoom: 9, animate: false });
    this.circles.show(points);
    return points.length;
  }

  /** South, west, north and east of what is shown. */
  box() {
    const bounds = this.map.getBounds();
    return [bounds.getSouth(), bounds.getWest(), bounds.getNorth(), bounds.getEast()].map((one) => one.toFixed(3)).join(",");
  }
}
