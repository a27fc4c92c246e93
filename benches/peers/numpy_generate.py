"""Writes a row for every prisoner to Parquet: profiles by NumPy, the file by Polars."""

import sys

import numpy as np
import polars as pl
from korea import ATTRIBUTES, PROFILES, Scenario

population, path = int(sys.argv[1]), sys.argv[2]
rng = np.random.default_rng()
scenario = Scenario(population)
strata, units, profiles = [], [], []
for stratum, unit, people, cells, law in scenario.groups(rng):
    strata.append(np.full(people, scenario.strata.index(stratum), dtype=np.uint8))
    units.append(np.full(people, unit, dtype=np.uint32))
    profiles.append(rng.choice(cells.astype(np.uint16), size=people, p=law))
profiles = np.concatenate(profiles)


def levels(codes, names):
    return pl.Series(codes).cat.to(pl.Enum(names))


columns = {
    "stratum": levels(np.concatenate(strata), [stratum.id for stratum in scenario.strata]),
    "unit": np.concatenate(units),
}
for position, (attribute, names) in enumerate(ATTRIBUTES.items()):
    code_of_profile = np.array([names.index(profile[position]) for profile in PROFILES], dtype=np.uint8)
    columns[attribute] = levels(code_of_profile[profiles], names)
pl.DataFrame(columns).write_parquet(path)
