// Circles on the earth as a map shows them: distances on a sphere, and outlines that go on over the date line and the poles.

const EARTH = 6371008.8; // mean radius in metres (IUGG), as the server reckons
const TURN = Math.PI / 180;
const CORNERS = 120;

/** Metres by their unit, as the server writes them (webapp/domain/geo.py). */
export const METRES = { "": 1, m: 1, km: 1000, mi: 1609.344, ft: 0.3048, yd: 0.9144, nmi: 1852, cm: 0.01, mm: 0.001, in: 0.0254 };

export const between = (least, value, most) => Math.min(Math.max(value, least), most);

/** A longitude from -180 to 180. */
export const wrapped = (longitude) => (longitude >= -180 && longitude <= 180 ? longitude : ((((longitude + 180) % 360) + 360) % 360) - 180);

/** The same longitude, as near to another one as it goes. */
export const beside = (longitude, other) => longitude + 360 * Math.round((other - longitude) / 360);

/** Metres between two places, along the shortest way. */
export function distance([north, east], [south, west]) {
  const up = Math.sin(((south - north) * TURN) / 2) ** 2;
  const along = Math.sin(((west - east) * TURN) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(up + Math.cos(north * TURN) * Math.cos(south * TURN) * along)));
}

/** The place so many metres from another one, in a direction in degrees from the north. */
export function towards([latitude, longitude], bearing, metres) {
  const [north, angle, way] = [latitude * TURN, metres / EARTH, bearing * TURN];
  const sine = Math.sin(north) * Math.cos(angle) + Math.cos(north) * Math.sin(angle) * Math.cos(way);
  const turn = Math.atan2(Math.sin(way) * Math.sin(angle) * Math.cos(north), Math.cos(angle) - Math.sin(north) * sine);
  return [Math.asin(between(-1, sine, 1)) / TURN, longitude + turn / TURN];
}

/** The rings of a circle, longitudes going on beyond 180: one, or two where all but a hole lies within. */
export function outline(place, radius) {
  const [latitude, longitude] = place;
  const holds = (pole) => distance(place, [pole, longitude]) <= radius;
  if (holds(90) && holds(-90)) {
    const [west, east] = [longitude - 180, longitude + 180];
    const whole = [[90, west], [90, east], [-90, east], [-90, west]];
    return [whole, ring([-latitude, longitude + 180], Math.max(Math.PI * EARTH - radius, 1), 0)];
  }
  if (holds(90)) return [capped(ring(place, radius, 0), 90)];
  if (holds(-90)) return [capped(ring(place, radius, 180), -90)];
  return [ring(place, radius, 0)];
}

function ring(place, radius, from) {
  const corners = [];
  for (let nth = 0; nth <= CORNERS; nth += 1) {
    const [latitude, longitude] = towards(place, from + (360 * nth) / CORNERS, radius);
    corners.push([latitude, nth ? beside(longitude, corners[nth - 1][1]) : longitude]);
  }
  return corners;
}

/** A line right round the earth, with all that lies between it and a pole. */
function capped(line, pole) {
  return [[pole, line[0][1]], ...line, [pole, line.at(-1)[1]]];
}

/** The corners of what shows all these circles, over the date line where that is the shorter way; null for none. */
export function bounds(circles) {
  if (!circles.length) return null;
  const middles = circles.map(({ place }) => wrapped(place[1])).sort((one, other) => one - other);
  const gaps = middles.map((each, nth) => (middles[nth + 1] ?? middles[0] + 360) - each);
  const first = middles[(gaps.indexOf(Math.max(...gaps)) + 1) % middles.length];
  const corners = circles.flatMap(({ place: [latitude, longitude], radius }) => {
    const from = first + ((((longitude - first) % 360) + 360) % 360);
    const [up] = towards([latitude, from], 0, radius);
    const high = radius / EARTH / TURN;
    const round = Math.abs(latitude) + high >= 90; // what holds a pole lies in every longitude, so that none says more
    const wide = round ? 0 : Math.min(high / Math.cos((Math.abs(latitude) + high) * TURN), 90);
    return [[Math.max(up, latitude), from - wide], [latitude - high, from + wide], [latitude + high, from]];
  });
  return corners.map(([latitude, longitude]) => [between(-85, latitude, 85), longitude]);
}

/** Degrees as they are written into a field: five places are a metre. */
export const degrees = (value) => String(Number(value.toFixed(5)));

/** A length in few figures, with the space and unit that people write: 900 m, 1.25 km. */
export function lengthOf(metres, lang) {
  const [value, unit] = metres < 1000 ? [metres, "meter"] : [metres / 1000, "kilometer"];
  return new Intl.NumberFormat(lang, { style: "unit", unit, maximumSignificantDigits: 3 }).format(value);
}
