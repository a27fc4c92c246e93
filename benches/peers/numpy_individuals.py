"""Draws every prisoner's profile and counts outcomes under all proposals, with NumPy.

`tally`: by profile first, then one look at the decision tables. `each`: every prisoner's outcome under every
proposal, as one writes it down first."""

import sys

import numpy as np
from korea import PROFILES, Scenario, Work, print_counts


def tally(scenario, work, rng):
    people_by_profile = np.zeros(len(PROFILES), dtype=np.int64)
    for _, _, people, cells, law in scenario.groups(rng):
        drawn = rng.choice(cells, size=people, p=law)
        people_by_profile += np.bincount(drawn, minlength=len(PROFILES))
    return work.counts(people_by_profile)


def each(scenario, work, rng):
    groups = scenario.groups(rng)
    profiles = np.concatenate([rng.choice(cells, size=people, p=law) for _, _, people, cells, law in groups])
    return np.stack([np.bincount(rulings[profiles], minlength=3) for rulings in work.rulings])


way, path, population = {"tally": tally, "each": each}[sys.argv[1]], sys.argv[2], int(sys.argv[3])
work = Work(path)
print_counts(work, way(Scenario(population), work, np.random.default_rng()))
