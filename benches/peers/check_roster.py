"""Refuses a roster whose strata have other sizes than the scenario's, or whose outcomes are not repat's."""

import sys

import polars as pl
from korea import ATTRIBUTES, OUTCOMES, PROFILES, Scenario, Work

work, population, path = Work(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
roster = pl.scan_parquet(path)
judged = [proposal for proposal in work.proposals if proposal in roster.collect_schema()]
columns = ["stratum", "unit", *ATTRIBUTES, *judged]
groups = (
    roster.group_by(columns)
    .len()
    .collect(engine="streaming")
    .with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
)

sizes = dict(groups.group_by("stratum").agg(pl.col("len").sum()).iter_rows())
expected = {stratum.id: stratum.size for stratum in Scenario(population).strata}
assert sizes == expected, f"{path}: strata of {sizes}, expected {expected}"
for group in groups.iter_rows(named=True):
    profile = PROFILES.index(tuple(group[attribute] for attribute in ATTRIBUTES))
    for proposal, rulings in zip(work.proposals, work.rulings):
        found, right = group.get(proposal), OUTCOMES[rulings[profile]]
        assert proposal not in judged or found == right, (
            f"{path}: {proposal} gives {found}, not {right}, to {group}"
        )
