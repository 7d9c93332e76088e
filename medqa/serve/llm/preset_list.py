"""The presets as a table: what each needs, and whether it fits this machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from medqa.serve.llm import machine, preset
from medqa.serve.llm.fitting import USED, forms_here


class Row(TypedDict):
    """One preset. Memory in GB by form, at its own context; ``fits`` are the forms that can be served here."""

    name: str
    model: str
    context_tokens: int
    memory_gb: dict[str, float]
    fits: list[str]


def rows(here: machine.Machine) -> list[Row]:
    """Every preset that ships, smallest first, as it would do on a machine."""
    there = sum(gpu.memory_gb for gpu in here.gpus) * USED or here.memory_gb
    found = []
    for name in preset.names():
        each = preset.read(preset.FOLDER / f"{name}.toml")
        forms = {"as published": each.quantisation, **{form: form for form in forms_here(each, here)}}
        memory = {
            shown: each.memory_gb(quantise=None if shown == "as published" else form) for shown, form in forms.items()
        }
        fits = [shown for shown, needed in memory.items() if needed <= there and here.can_compute(forms[shown])]
        found.append(
            Row(
                name=name,
                model=each.model,
                context_tokens=each.context_tokens,
                memory_gb={f: round(gb, 1) for f, gb in memory.items()},
                fits=fits,
            )
        )
    return sorted(found, key=lambda row: row["memory_gb"]["as published"])


def table(listed: Sequence[Row]) -> str:
    """The rows as a person reads them."""
    lines = [f"{'preset':<17} {'model':<34} {'needs at least, GB':<38} fits here"]
    for row in listed:
        memory = ", ".join(f"{form} {gb:.0f}" for form, gb in row["memory_gb"].items())
        lines.append(f"{row['name']:<17} {row['model']:<34} {memory:<38} {', '.join(row['fits']) or 'no'}")
    return "\n".join(lines)
