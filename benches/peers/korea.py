"""The default scenario as the peers see it: strata, the law of a profile, units, decision tables.

`korea.py FILE --repat PROGRAM` asks `repat` for the decision tables, proves that this reading of the scenario
gives the same expectations, and writes what the peers need to FILE."""

import argparse
import csv
import io
import json
import math
import subprocess
import tempfile
import tomllib
from itertools import product
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parents[2] / "scenarios" / "korea"
NAME = "korea/1952-07-03"
OUTCOMES = ["repatriated", "released", "retained"]
ATTRIBUTES = tomllib.loads((HERE / "setting.toml").read_text())["attributes"]
PROFILES = list(product(*ATTRIBUTES.values()))


class Stratum:
    """A group of prisoners: the profiles they can have, and their shares."""

    def __init__(self, declared):
        self.id, self.size = declared["id"], declared["size"]
        self.units = declared.get("units", {"count": 1, "vary": None})
        self.shares = {attribute: declared[attribute] for attribute in ATTRIBUTES}
        for attribute, shares in self.shares.items():
            if isinstance(shares, str):
                self.shares[attribute] = {shares: "rest"}
            elif "given" in shares:
                raise SystemExit(f"{self.id}.{attribute}: `given` is not read here")
        occurs = lambda profile: all(l in s for l, s in zip(profile, self.shares.values()))
        self.cells = np.array([i for i, profile in enumerate(PROFILES) if occurs(profile)])

    def rows(self, parameters):
        """Shares of each attribute's levels, last axis, where the parameters have these values."""
        rows = {}
        for attribute, shares in self.shares.items():
            value = lambda share: parameters[share[1:]] if isinstance(share, str) else share  # "$name"
            named = {level: value(share) for level, share in shares.items() if share != "rest"}
            rest = 1 - sum(named.values())
            rows[attribute] = np.stack(np.broadcast_arrays(*(named.get(l, rest) for l in shares)), axis=-1)
        return rows

    def law(self, rows):
        """Probability of each cell, last axis."""
        laws = []
        for cell in self.cells:
            picked = zip(PROFILES[cell], self.shares.items())
            laws.append(math.prod(rows[a][..., list(shares).index(level)] for level, (a, shares) in picked))
        law = np.stack(np.broadcast_arrays(*laws), axis=-1)
        return law / law.sum(axis=-1, keepdims=True)

    def groups(self, parameters, rng):
        """People of each unit and their law; each unit leans by a Dirichlet draw around its stratum."""
        rows, count, vary = self.rows(parameters), self.units["count"], self.units["vary"]
        for unit in range(count):
            people = self.size // count + (unit < self.size % count)
            leaning = vary and {vary: dirichlet(self.units["concentration"] * rows[vary], rng)}
            yield people, self.law({**rows, **(leaning or {})})


def dirichlet(weights, rng):
    """As gammas: `Generator.dirichlet` takes one vector of weights at a time."""
    gammas = rng.standard_gamma(weights)
    return gammas / gammas.sum(axis=-1, keepdims=True)


class Scenario:
    """The shipped default scenario, scaled as `repat --population` does."""

    def __init__(self, population=None):
        file = tomllib.loads((HERE / "1952-07-03.toml").read_text())
        base = tomllib.loads((HERE / file["base"]).read_text())
        if "base" in base or "stratum" in file or "without" in file:
            raise SystemExit("the default scenario is laid out in another way than this script reads")
        self.parameters = base["parameters"] | file["parameters"]
        self.proposals = file.get("proposals", base["proposals"])
        self.strata = [Stratum(declared) for declared in base["stratum"]]
        if population is not None:
            self.scale(population)

    def scale(self, population):
        whole = sum(stratum.size for stratum in self.strata)
        exact = [stratum.size * population for stratum in self.strata]
        missing = population - sum(size // whole for size in exact)
        ranked = sorted(range(len(exact)), key=lambda i: (-(exact[i] % whole), i))
        for i, stratum in enumerate(self.strata):
            stratum.size = exact[i] // whole + (i in ranked[:missing])

    def centres(self):
        """Every parameter's mean."""
        mean = {"beta": lambda a, b: a / (a + b), "uniform": lambda a, b: (a + b) / 2}
        return {name: self.known(spec, mean) for name, spec in self.parameters.items()}

    def draw(self, rng, replicates=None):
        """Every parameter's value, in one replicate or in many."""
        drawn = {
            "beta": lambda a, b: rng.beta(a, b, replicates),
            "uniform": lambda a, b: rng.uniform(a, b, replicates),
        }
        return {name: self.known(spec, drawn) for name, spec in self.parameters.items()}

    @staticmethod
    def known(spec, kinds):
        for kind, value in kinds.items():
            if kind in spec:
                return value(*spec[kind])
        return spec["value"]

    def groups(self, rng):
        """The people of one replicate, unit by unit: stratum, unit, people, cells, law."""
        parameters = self.draw(rng)
        for stratum in self.strata:
            for unit, (people, law) in enumerate(stratum.groups(parameters, rng)):
                yield stratum, unit, people, stratum.cells, law


class Work:
    """What `korea.py` wrote: the outcome of every profile under every proposal."""

    def __init__(self, path):
        work = json.loads(Path(path).read_text())
        self.proposals, self.rulings = work["proposals"], np.array(work["rulings"])

        self.one_hot = np.eye(3, dtype=np.int64)[self.rulings.T].reshape(len(PROFILES), -1)

    def counts(self, tally, cells=slice(None)):
        """People by proposal and outcome, last two axes, of a tally by cell, last axis."""
        return (tally @ self.one_hot[cells]).reshape(*tally.shape[:-1], -1, 3)


def print_counts(work, mean, sd=None):
    """The columns of `repat run --format csv` that are compared."""
    print("proposal,outcome,mean,sd")
    for (p, proposal), (o, outcome) in product(enumerate(work.proposals), enumerate(OUTCOMES)):
        print(f"{proposal},{outcome},{mean[p, o]},{'' if sd is None else sd[p, o]}")


def ask(repat, *arguments):
    """A table of `repat run`, in expectation."""
    command = [repat, "run", *arguments, "--engine", "exact", "--replicates", "1", "--format", "csv"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return list(csv.DictReader(io.StringIO(printed)))


def ask_rulings(repat, proposals):
    """Outcomes of all profiles: those of a stratum in which every profile occurs."""
    alike = lambda levels: {level: 1 / len(levels) for level in levels[1:]} | {levels[0]: "rest"}
    lines = [f'base = "{NAME}"', 'title = "Every profile"', "[[stratum]]", 'id = "every"', "size = 1_000_000"]
    lines += ['status = "assumed"', 'note = "To ask for all outcomes."']
    for attribute, levels in ATTRIBUTES.items():
        lines.append(
            f"{attribute} = {{ "
            + ", ".join(f"{l} = {json.dumps(s)}" for l, s in alike(levels).items())
            + " }"
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "every.toml")
        path.write_text("\n".join(lines))
        columns = [word for attribute in ["stratum", *ATTRIBUTES] for word in ("--by", attribute)]
        rows = ask(repat, path, *columns)
    asked = {}
    for row in rows:
        if row["stratum"] == "every" and float(row["mean"]) > 0:
            profile = tuple(row[attribute] for attribute in ATTRIBUTES)
            assert (row["proposal"], profile) not in asked, f"{row['proposal']} gives {profile} two outcomes"
            asked[row["proposal"], profile] = OUTCOMES.index(row["outcome"])
    return [[asked[proposal, profile] for profile in PROFILES] for proposal in proposals]


def prove_same(repat, work):
    """Asserts that expectations at the centres of parameters are those of repat, for several sizes; one
    parameter off by a thousandth must be noticed."""
    for population in [181_033, 1_000_000, 99_999_999]:
        scenario = Scenario(population)
        centres = scenario.centres()
        fixed = [word for name, value in centres.items() for word in ("--set", f"{name}={value!r}")]
        rows = ask(repat, NAME, "--population", str(population), *fixed)
        assert [(row["proposal"], row["outcome"]) for row in rows] == list(product(work.proposals, OUTCOMES))
        theirs = np.array([float(row["mean"]) for row in rows]).reshape(-1, 3)
        apart = np.abs(expected(scenario, work, centres) - theirs).max() / population
        assert apart < 1e-9, f"expected counts of {population} people differ from repat's by {apart} of all"
        wrong = centres | {"kpa_refusal": centres["kpa_refusal"] + 0.001}
        assert np.abs(expected(scenario, work, wrong) - theirs).max() / population > 1e-4


def expected(scenario, work, parameters):
    """Expected people by proposal and outcome where the parameters have these values."""
    tally = np.zeros(len(PROFILES))
    for stratum in scenario.strata:
        tally[stratum.cells] += stratum.size * stratum.law(stratum.rows(parameters))
    return work.counts(tally)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--repat", required=True)
    parser.add_argument("--population", type=int, required=True, help="people in the groups written for ixa")
    given = parser.parse_args()
    scenario = Scenario(given.population)
    rulings = ask_rulings(given.repat, scenario.proposals)
    groups = [
        {"people": people, "cells": cells.tolist(), "shares": law.tolist()}
        for _, _, people, cells, law in scenario.groups(np.random.default_rng(1952))
    ]
    levels = [
        [levels.index(level) for level, levels in zip(profile, ATTRIBUTES.values())] for profile in PROFILES
    ]
    work = {"proposals": scenario.proposals, "rulings": rulings, "profiles": levels, "groups": groups}
    given.file.write_text(json.dumps(work))
    prove_same(given.repat, Work(given.file))


if __name__ == "__main__":
    main()
