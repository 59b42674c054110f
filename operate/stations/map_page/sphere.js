// Places on the earth, as ess/domain/geo.py and geohash.py have them: the same formulas, the same
// order of operations. A place is { lat, lon } in degrees.

const radians = (degrees) => degrees * (Math.PI / 180);
const degrees = (radians_) => radians_ * (180 / Math.PI);

// The shorter turn from one longitude to another, -180 to 180 degrees, exactly.
function turn(start, end) {
  const difference = end - start;
  return difference - 360 * Math.round(difference / 360);
}

// Great circle on the WGS84 authalic sphere by Vincenty's formula, in metres.
function distanceM(start, end) {
  const phi1 = radians(start.lat), phi2 = radians(end.lat);
  const delta = radians(turn(start.lon, end.lon));
  const across = Math.cos(phi2) * Math.sin(delta);
  const along = Math.cos(phi1) * Math.sin(phi2) - Math.sin(phi1) * Math.cos(phi2) * Math.cos(delta);
  const cosine = Math.sin(phi1) * Math.sin(phi2) + Math.cos(phi1) * Math.cos(phi2) * Math.cos(delta);
  return RADIUS_M * Math.atan2(Math.hypot(across, along), cosine);
}

// Degrees clockwise from north, 0 <= bearing < 360.
function bearingDeg(start, end) {
  const phi1 = radians(start.lat), phi2 = radians(end.lat);
  const delta = radians(turn(start.lon, end.lon));
  const along = Math.cos(phi1) * Math.sin(phi2) - Math.sin(phi1) * Math.cos(phi2) * Math.cos(delta);
  const bearing = degrees(Math.atan2(Math.cos(phi2) * Math.sin(delta), along));
  return bearing < 0 ? (bearing + 360) % 360 : bearing;
}

// Where one arrives; the longitude runs on past 180 rather than jump, so that lines stay whole.
function destination(start, bearing, metres) {
  const phi = radians(start.lat), angle = metres / RADIUS_M, theta = radians(bearing);
  const sine = Math.sin(phi) * Math.cos(angle) + Math.cos(phi) * Math.sin(angle) * Math.cos(theta);
  const east = Math.atan2(
    Math.sin(theta) * Math.sin(angle) * Math.cos(phi),
    Math.cos(angle) - Math.sin(phi) * sine,
  );
  return { lat: degrees(Math.asin(Math.max(-1, Math.min(1, sine)))), lon: start.lon + degrees(east) };
}

// --- geohash cells: longitude and latitude halved in turns, five bits a character ---

const ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz";
const BITS = 30; // of each coordinate

// The lower edge of an interval, exactly.
const cellEdge = (index, limit, bits) => (index * 2 * limit - limit * 2 ** bits) / 2 ** bits;

function cellIndex(value, limit) {
  const index = Math.min(Math.trunc(((value + limit) / (2 * limit)) * 2 ** BITS), 2 ** BITS - 1);
  return value < cellEdge(index, limit, BITS) ? index - 1 : index;
}

// The geohash of a place, 12 characters long.
function geohash({ lat, lon }) {
  const column = cellIndex(lon, 180), row = cellIndex(lat, 90);
  let text = "", value = 0;
  for (let bit = 0; bit < 2 * BITS; bit += 1) {
    const source = bit % 2 ? row : column;
    value = value * 2 + ((source >> (BITS - 1 - (bit >> 1))) & 1);
    if (bit % 5 === 4) { text += ALPHABET[value]; value = 0; }
  }
  return text;
}

// The edges in degrees of the cell of `bits` bits that starts at a geohash.
function cellBox(start, bits) {
  let column = 0, row = 0;
  for (let bit = 0; bit < bits; bit += 1) {
    const one = (ALPHABET.indexOf(start[Math.floor(bit / 5)]) >> (4 - (bit % 5))) & 1;
    if (bit % 2) row = row * 2 + one; else column = column * 2 + one;
  }
  const lonBits = Math.ceil(bits / 2), latBits = Math.floor(bits / 2);
  return {
    south: cellEdge(row, 90, latBits), north: cellEdge(row + 1, 90, latBits),
    west: cellEdge(column, 180, lonBits), east: cellEdge(column + 1, 180, lonBits),
  };
}
