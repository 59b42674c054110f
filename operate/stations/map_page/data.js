"use strict";
// What Python put into the page: see operate/stations/map_page/__init__.py.

const DATA = JSON.parse(document.getElementById("data").textContent);
const { RADIUS_M, BOUNDARY_M, INDEX_K, MOST_LISTED } = DATA.constants;
const FONT = getComputedStyle(document.documentElement).getPropertyValue("--thai");
