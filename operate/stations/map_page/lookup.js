// The directory that the page carries, and the lookup: the same rule as ess/usecases/find_station.py.
// Stations are numbered in the order of their ids, so that "then by id" is "then by number".

const STATIONS = DATA.stations.lat.map((lat, number) => {
  const column = DATA.stations;
  return {
    number,
    id: column.id[number],
    th: column.th[number],
    en: column.en[number],
    lat,
    lon: column.lon[number],
    kind: column.kind[number],
    province: DATA.provinces[column.province[number]],
    phone: column.phone[number],
    hours: column.hours[number] ?? "",
    open: column.open[number] === "1",
    sample: column.sample[number] === "1",
  };
});

const AREAS = (DATA.areas ?? []).map(([number, size, polygons]) => {
  const rings = polygons.flat();
  const [west, south, east, north] = boundsOf(rings);
  return { number, size, rings, west, south, east, north };
});
const LAND = DATA.land ?? DATA.areas.flatMap(([, , polygons]) => polygons);
const AREA_OF = new Map(AREAS.map((area) => [area.number, area]));

const LEAVES = DATA.leaves.map(([start, bits, completeM, listed, areas]) => ({
  start: start.padEnd(12, "0"),
  box: cellBox(start.padEnd(12, "0"), bits),
  completeM: completeM ?? Infinity,
  listed,
  areas,
}));

function boundsOf(rings) {
  let west = Infinity, south = Infinity, east = -Infinity, north = -Infinity;
  for (const ring of rings) for (const [x, y] of ring) {
    west = Math.min(west, x); east = Math.max(east, x);
    south = Math.min(south, y); north = Math.max(north, y);
  }
  return [west, south, east, north];
}

// The leaf of a place: the last one that does not start after it. null where the page has none.
function leafOf(place) {
  const hash = geohash(place);
  let low = 0, high = LEAVES.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (LEAVES[middle].start <= hash) low = middle + 1; else high = middle;
  }
  const leaf = LEAVES[low - 1];
  return leaf && holds(leaf.box, place) ? leaf : null;
}

// A cell has its southern and western edges, and the last one before a pole or 180 has those too.
const holds = ({ south, west, north, east }, { lat, lon }) =>
  lat >= south && lon >= west && (lat < north || north === 90) && (lon < east || east === 180);

const passes = (station, ask) =>
  (!ask.kinds || ask.kinds.includes(station.kind)) && (!ask.open || station.open);

const ranked = (place, stations) =>
  stations
    .map((station) => ({ station, metres: distanceM(place, station) }))
    .sort((a, b) => a.metres - b.metres || a.station.number - b.station.number);

// Look a place up. `ask`: { k, kinds (numbers, or null for all), open }. Beside the answer comes what
// explains it: `how` is why the k nearest are certain ("all", "listed", "complete", "second", "page").
function findStation(place, ask) {
  const leaf = leafOf(place);
  const candidates = ranked(place, leaf ? leaf.listed.map((number) => STATIONS[number]) : STATIONS);
  const passing = candidates
    .map((one, rank) => ({ ...one, rank }))
    .filter(({ station }) => passes(station, ask));
  let nearest = passing.slice(0, ask.k);
  let how = "second";
  if (!leaf) how = "page";
  else if (candidates.length === STATIONS.length) how = "all";
  else if (passing.length >= ask.k) {
    const last = passing[ask.k - 1];
    if (last.rank < INDEX_K) how = "listed";
    else if (last.metres < leaf.completeM) how = "complete";
  }
  // The service reads rings of the table now; the page has the whole table.
  if (how === "second") nearest = ranked(place, STATIONS.filter((station) => passes(station, ask))).slice(0, ask.k);
  const responsible = responsibleFor(place, ask, leaf);
  const named = new Set(responsible.map(({ station }) => station.number));
  const others = nearest.map((one, rank) => ({ ...one, why: rank ? "next_nearest" : "nearest" }));
  return {
    place, ask, leaf, candidates, how, responsible,
    nearest: others,
    matches: [...responsible, ...others.filter(({ station }) => !named.has(station.number))],
  };
}

function responsibleFor(place, ask, leaf) {
  const position = [place.lon === 180 ? 180 - 2 ** -45 : place.lon, place.lat];
  const covering = [], beside = [];
  for (const area of leaf ? leaf.areas.map((number) => AREA_OF.get(number)) : AREAS) {
    const station = area && STATIONS[area.number];
    if (!station || !passes(station, ask)) continue;
    const [x, y] = position;
    const near = x >= area.west && x <= area.east && y >= area.south && y <= area.north;
    const edgeM = boundaryDistanceM(area.rings, position);
    const one = { station, area, edgeM, metres: distanceM(place, station) };
    if (near && covers(area.rings, position)) covering.push({ ...one, why: "jurisdiction" });
    else if (edgeM <= BOUNDARY_M) beside.push({ ...one, why: "boundary" });
  }
  covering.sort((a, b) => a.area.size - b.area.size || a.station.number - b.station.number);
  beside.sort((a, b) => a.edgeM - b.edgeM || a.station.number - b.station.number);
  return [...covering, ...beside];
}
