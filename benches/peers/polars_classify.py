"""Adds the outcome of every proposal to a roster in Parquet, with Polars, streaming.

`join`: with a table of all profiles. `rules`: by chains of when and then, made of the proposals' rules.
`lookup`: by number of the profile in a list of outcomes."""

import functools
import operator
import sys
import tomllib

import polars as pl
from korea import ATTRIBUTES, HERE, OUTCOMES, PROFILES, Work

OUTCOME = pl.Enum(OUTCOMES)


def join(roster, work):
    table = pl.DataFrame(PROFILES, schema=list(ATTRIBUTES), orient="row")
    schema = roster.collect_schema()
    table = table.cast({attribute: schema[attribute] for attribute in ATTRIBUTES})
    rulings = [pl.Series(p, r).cat.to(OUTCOME) for p, r in zip(work.proposals, work.rulings.astype("u1"))]
    return roster.join(
        table.with_columns(rulings).lazy(), on=list(ATTRIBUTES), how="left", maintain_order="left"
    )


def lookup(roster, work):
    """A column's categories may have any codes; those of an Enum are the levels' own numbers."""
    number = pl.lit(0, dtype=pl.UInt16)
    for attribute, levels in ATTRIBUTES.items():
        number = number * len(levels) + pl.col(attribute).cast(pl.Enum(levels)).to_physical().cast(pl.UInt16)
    rulings = zip(work.proposals, work.rulings.astype("u1"))
    return roster.with_columns(
        pl.lit(pl.Series(r).cat.to(OUTCOME)).gather(number).alias(p) for p, r in rulings
    )


def rules(roster, work):
    """Exceptions before what they except, silence last; that no other rules conflict is proved by repat."""
    return roster.with_columns(ruling(proposal).alias(proposal) for proposal in work.proposals)


def ruling(proposal):
    declared = tomllib.loads((HERE / "proposals" / f"{proposal}.toml").read_text())
    readings = {name: reading["default"] for name, reading in declared.get("readings", {}).items()}
    ordered = sorted(declared["rule"], key=lambda rule: "exception_to" not in rule) + declared.get(
        "silence", []
    )
    chain = pl
    for rule in ordered:
        condition = when(rule["when"], readings)
        if condition is not None:
            then = rule["then"]
            outcome = readings[then[1:]] if then.startswith("$") else then
            chain = chain.when(condition).then(pl.lit(outcome, dtype=OUTCOME))
    return chain


def when(alternatives, readings):
    """A condition; None where the readings chosen rule it out."""
    alternatives = [alternatives] if isinstance(alternatives, dict) else alternatives
    conditions = []
    for tests in alternatives:
        if all(readings[name] == value for name, value in tests.items() if name in readings):
            tests = [test(name, value) for name, value in tests.items() if name not in readings]
            conditions.append(functools.reduce(operator.and_, tests))
    return functools.reduce(operator.or_, conditions) if conditions else None


def test(name, value):
    if name in ATTRIBUTES:
        return pl.col(name).is_in(value) if isinstance(value, list) else pl.col(name) == value
    return derived(name).is_in(value if isinstance(value, list) else [value])


@functools.cache
def derived(name):
    """`home` and `served`, from the setting."""
    declared = tomllib.loads((HERE / "setting.toml").read_text())["derived"][name]
    chain = pl
    for rule in declared["rules"]:
        chain = chain.when(when(rule["when"], {})).then(
            pl.lit(rule["then"], dtype=pl.Enum(declared["levels"]))
        )
    return chain


WAYS = {"join": join, "rules": rules, "lookup": lookup}

if __name__ == "__main__":
    way, path, roster, out = sys.argv[1:]
    WAYS[way](pl.scan_parquet(roster), Work(path)).sink_parquet(out)
