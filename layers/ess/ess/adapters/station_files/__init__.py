"""Files of stations: GeoJSON, Overpass answers and CSV in, GeoJSON out; read as a stream."""

from ess.adapters.station_files.errors import FileUnreadable, RowUnreadable
from ess.adapters.station_files.reader import Reading, read_all, read_stations_file
from ess.adapters.station_files.writer import write_geojson

__all__ = [
    "FileUnreadable",
    "Reading",
    "RowUnreadable",
    "read_all",
    "read_stations_file",
    "write_geojson",
]
