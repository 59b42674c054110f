// Jurisdictions, decided as ess/domain/planar.py decides them: exactly, in the plane of longitude
// and latitude. A position is [longitude, latitude]; a ring ends where it starts.

const ROUNDING = 3.3306690738754716e-16; // of a cross product, relative to its terms (Shewchuk 1997)
const UNDERFLOW = 1e-300;

// Where p lies as seen from a towards b: 1 left, -1 right, 0 in line.
function orientation(a, b, p) {
  const left = (b[0] - a[0]) * (p[1] - a[1]);
  const right = (b[1] - a[1]) * (p[0] - a[0]);
  const cross = left - right;
  if (Math.abs(cross) > ROUNDING * (Math.abs(left) + Math.abs(right)) + UNDERFLOW) return Math.sign(cross);
  const [ax, ay, bx, by, px, py] = wholeNumbers([...a, ...b, ...p]);
  const exact = (bx - ax) * (py - ay) - (by - ay) * (px - ax);
  return exact > 0n ? 1 : exact < 0n ? -1 : 0;
}

// The numbers times one power of two that makes all of them whole.
function wholeNumbers(numbers) {
  const view = new DataView(new ArrayBuffer(8));
  const parts = numbers.map((number) => {
    view.setFloat64(0, number);
    const bits = view.getBigUint64(0);
    const exponent = Number((bits >> 52n) & 0x7ffn);
    const fraction = bits & 0xfffffffffffffn;
    const size = exponent ? fraction | (1n << 52n) : fraction;
    return { size: bits >> 63n ? -size : size, exponent: Math.max(exponent, 1) };
  });
  const least = Math.min(...parts.map(({ exponent }) => exponent));
  return parts.map(({ size, exponent }) => size << BigInt(exponent - least));
}

// 1 west of the edge (or above), -1 east (or below): a position on it counts as a little east and
// far less north, so that areas which share corners share no position and leave none out.
function side(a, b, p) {
  if (b[1] < a[1] || (b[1] === a[1] && b[0] < a[0])) [a, b] = [b, a];
  return orientation(a, b, p) || (a[1] === b[1] ? 1 : -1);
}

// Whether a ray from p westward crosses the rings an odd number of times.
function covers(rings, p) {
  const [x, y] = p;
  let odd = false;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i += 1) {
      const a = ring[i - 1], b = ring[i];
      if (a[1] <= y === b[1] <= y || (a[0] > x && b[0] > x)) continue;
      if ((a[0] < x && b[0] < x) || side(a, b, p) < 0) odd = !odd;
    }
  }
  return odd;
}

// Metres from p to the nearest edge, on a plane that touches the earth at p. Edges along the
// antimeridian are cuts, no boundary.
function boundaryDistanceM(rings, p) {
  const [x, y] = p;
  const shrink = Math.cos(radians(y));
  let least = Infinity;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i += 1) {
      const a = ring[i - 1], b = ring[i];
      if (a[0] === b[0] && Math.abs(a[0]) === 180) continue;
      const ax = turn(x, a[0]), bx = ax + (b[0] - a[0]);
      least = Math.min(least, squareToEdge(ax * shrink, a[1] - y, bx * shrink, b[1] - y));
      if (bx < -180 || bx > 180) {
        const round = Math.sign(bx) * 360;
        least = Math.min(least, squareToEdge((ax - round) * shrink, a[1] - y, (bx - round) * shrink, b[1] - y));
      }
    }
  }
  return Math.sqrt(least) * radians(RADIUS_M);
}

function squareToEdge(ax, ay, bx, by) {
  const dx = bx - ax, dy = by - ay;
  const length = dx * dx + dy * dy;
  const along = length ? Math.max(0, Math.min(1, -(ax * dx + ay * dy) / length)) : 0;
  return (ax + along * dx) ** 2 + (ay + along * dy) ** 2;
}
