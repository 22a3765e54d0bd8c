// Coastline of the map at /compare/map, from Natural Earth (public domain) as packed in world-atlas. Run once; the result is committed:
//   npm install --no-save world-atlas@2.0.2 && node coast.mjs node_modules/world-atlas/countries-10m.json > ../src/keikaku/pages/compare/coast.json
// Output: rings of [longitude, latitude] in hundredths of a degree, flat. Only coasts: no border is drawn.
import { readFileSync } from "node:fs";

const topology = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { scale, translate } = topology.transform;
const arcs = topology.arcs.map((arc) => {
  let x = 0, y = 0;
  return arc.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
});
const ring = (ids) => ids.flatMap((id, n) => {
  const arc = id < 0 ? [...arcs[~id]].reverse() : arcs[id];
  return n ? arc.slice(1) : arc;
});
const polygons = (id) => {
  const shape = topology.objects.countries.geometries.find((one) => one.id === id);
  return (shape.type === "Polygon" ? [shape.arcs] : shape.arcs).map((polygon) => ring(polygon[0]));
};
const within = (points, [west, south, east, north]) => points.every(([x, y]) => x >= west && x <= east && y >= south && y <= north);
const area = (points) => Math.abs(points.reduce((sum, [x, y], n) => {
  const [u, v] = points[(n + 1) % points.length];
  return sum + x * v - u * y;
}, 0)) / 2;
// Douglas and Peucker: keep the points that lie off the line by more than the tolerance.
const simplify = (points, tolerance) => {
  if (points.length < 3) return points;
  const [[x1, y1], [x2, y2]] = [points[0], points.at(-1)];
  const length = Math.hypot(x2 - x1, y2 - y1);
  const away = ([x, y]) => length ? Math.abs((y2 - y1) * x - (x2 - x1) * y + x2 * y1 - y2 * x1) / length : Math.hypot(x - x1, y - y1);
  let most = 0, at = 0;
  for (let n = 1; n < points.length - 1; n++) if (away(points[n]) > most) [most, at] = [away(points[n]), n];
  return most <= tolerance ? [points[0], points.at(-1)] : [...simplify(points.slice(0, at + 1), tolerance).slice(0, -1), ...simplify(points.slice(at), tolerance)];
};
const islands = [...polygons("392"), ...polygons("643").filter((points) => within(points, [145.2, 43.2, 149, 45.7]))];
const kept = islands.filter((points) => area(points) > 0.0015).map((points) => simplify(points, 0.02)).filter((points) => points.length > 3);
console.log(JSON.stringify(kept.map((points) => points.flat().map((degrees) => Math.round(degrees * 100)))));
