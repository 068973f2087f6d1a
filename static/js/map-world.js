// The map itself: the outline of the land, or tiles where a site has named some; drawn by Leaflet, coloured by map.css.
import { between } from "./map-earth.js";

export const COPIES = [-360, 0, 360]; // the same earth beside itself, so that nothing ends at the date line
const [EDGE, DEEPEST] = [85.06, 18];
const STEPS = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
const LINES = 7; // of the net that are seen at once, about

/** Make a map in an element; `about` says where the outline of the land and the tiles are. */
export async function makeWorld(canvas, about) {
  await import("../vendor/leaflet.js");
  const L = globalThis.L;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(canvas, {
    attributionControl: false, zoomControl: false, worldCopyJump: true, scrollWheelZoom: false, zoomSnap: 0.5, zoomDelta: 1,
    maxZoom: DEEPEST, maxBounds: [[-EDGE, -1e5], [EDGE, 1e5]], maxBoundsViscosity: 1, closePopupOnClick: false,
    zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm, doubleClickZoom: "center",
  });
  map.latLngToLayerPoint = (place) => map.project(place).subtract(map.getPixelOrigin()); // whole pixels make circles bumpy
  const fit = () => {
    const { x, y } = map.getSize();
    const least = Math.ceil(2 * Math.log2(Math.max(x, y, 256) / 256)) / 2;
    if (map.getZoom() < least) map.setView(map.getCenter(), least, { animate: false }); // an animation would end after the first look
    map.setMinZoom(least);
  };
  map.setView([25, 10], 1);
  fit();
  map.on("resize", fit);
  new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(canvas);
  canvas.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  canvas.addEventListener("pointerdown", () => map.scrollWheelZoom.enable());
  canvas.addEventListener("pointerleave", () => canvas.contains(document.activeElement) || map.scrollWheelZoom.disable());
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  if (about.tiles) L.tileLayer(about.tiles, { maxZoom: DEEPEST, noWrap: false }).addTo(map);
  else await drawLand(L, map, about.land);
  return { L, map };
}

async function drawLand(L, map, address) {
  const answer = await fetch(address);
  const { coordinates } = await answer.json();
  const places = (by) => coordinates.map((shape) => shape.map((ring) => ring.map(([longitude, latitude]) => [latitude, longitude + by])));
  const plain = { interactive: false, stroke: true, smoothFactor: 0.7 };
  map.createPane("net").style.zIndex = 300;
  for (const by of COPIES) L.polygon(places(by), { ...plain, className: "map-land", pane: "tilePane" }).addTo(map);
  const net = L.polyline([], { ...plain, className: "map-net", pane: "net", noClip: true }).addTo(map);
  const draw = () => net.setLatLngs(netOf(map.getBounds()));
  map.on("moveend", draw);
  draw();
}

/** Meridians and parallels, as many as help to see how far something is. */
function netOf(seen) {
  const [west, east] = [seen.getWest(), seen.getEast()];
  const [south, north] = [between(-85, seen.getSouth(), 85), between(-85, seen.getNorth(), 85)];
  const step = STEPS.find((each) => (east - west) / each >= LINES) ?? STEPS.at(-1);
  const all = (from, to) => Array.from({ length: Math.floor(to / step) - Math.ceil(from / step) + 1 }, (_, nth) => (Math.ceil(from / step) + nth) * step);
  return [
    ...all(west, east).map((longitude) => [[south, longitude], [north, longitude]]),
    ...all(south, north).map((latitude) => [[latitude, west], [latitude, east]]),
  ];
}

