// The outline of Germany as a module ("map:germany"), made at build time: of the whole world's, only one is needed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { feature } from "topojson-client";

const WORLD = createRequire(import.meta.url).resolve("world-atlas/countries-50m.json");
const GERMANY = "276"; // ISO 3166-1
const ROUND = 1000; // a thousandth of a degree is 100 m: more than a small map shows

const round = (part) => (Array.isArray(part) ? part.map(round) : Math.round(part * ROUND) / ROUND);

export const map = {
  name: "map",
  setup(build) {
    build.onResolve({ filter: /^map:germany$/ }, (found) => ({ path: found.path, namespace: "map" }));
    build.onLoad({ filter: /.*/, namespace: "map" }, () => {
      const world = JSON.parse(readFileSync(WORLD, "utf8"));
      const { features } = feature(world, world.objects.countries);
      const { geometry } = features.find((one) => one.id === GERMANY);
      const outline = { type: "Feature", properties: {}, geometry: { ...geometry, coordinates: round(geometry.coordinates) } };
      return { contents: JSON.stringify({ type: "FeatureCollection", features: [outline] }), loader: "json" };
    });
  },
};
