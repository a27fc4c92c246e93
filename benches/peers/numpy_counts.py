"""Draws many replicates of the default scenario as counts, all replicates at once, with NumPy."""

import sys

import numpy as np
from korea import Scenario, Work, print_counts

work, replicates = Work(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng()
scenario = Scenario()
parameters = scenario.draw(rng, replicates)
counts = np.zeros((replicates, len(work.proposals), 3), dtype=np.int64)
for stratum in scenario.strata:
    groups = stratum.groups(parameters, rng)
    tally = sum(rng.multinomial(people, law, size=replicates) for people, law in groups)
    counts += work.counts(tally, stratum.cells)
np.quantile(counts, [0.05, 0.5, 0.95], axis=0)
print_counts(work, counts.mean(axis=0), counts.std(axis=0, ddof=1))
