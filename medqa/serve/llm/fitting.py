"""Whether a model fits a machine, and what would if it does not."""

from __future__ import annotations

from medqa.serve.llm.choices import Choices
from medqa.serve.llm.machine import Machine
from medqa.serve.llm.preset import Preset

USED = 0.9
"""Of a GPU's memory vLLM takes so much by itself."""

_LEAST_CONTEXT = 4096  # passages, rules and answer of one question


def forms_here(found: Preset, machine: Machine) -> tuple[str, ...]:
    """The compressed forms of a model that this machine can serve: without a GPU none is made while loading."""
    published = found.forms if machine.gpus else tuple(found.compressed)
    return tuple(form for form in published if machine.can_compute(form))


def misfit(found: Preset, choices: Choices, machine: Machine, there_gb: float) -> str | None:
    """Why the model cannot be served here and what could be; ``None`` when it can."""
    form = choices.quantise or found.quantisation
    if not machine.can_compute(form):
        said = f"{found.name} in {form} needs a GPU, or a processor with AMX, which this one has not"
    else:
        needed = found.memory_gb(quantise=choices.quantise, context=choices.context)
        if needed <= there_gb:
            return None
        said = f"{found.name} needs about {needed:.0f} GB and {there_gb:.0f} GB are there"
    return f"{said}: {_instead(found, choices, machine, there_gb)}"


def _instead(found: Preset, choices: Choices, machine: Machine, there_gb: float) -> str:
    ways = []
    for form in forms_here(found, machine):
        needed = found.memory_gb(quantise=form, context=choices.context)
        if needed <= there_gb:
            ways.append(f"--quantise {form} ({needed:.0f} GB)")
    shortest = found.memory_gb(quantise=choices.quantise, context=_LEAST_CONTEXT)
    is_long = (choices.context or found.context_tokens) > _LEAST_CONTEXT
    if is_long and shortest <= there_gb and machine.can_compute(choices.quantise or found.quantisation):
        ways.append(f"--context {_LEAST_CONTEXT} ({shortest:.0f} GB)")
    smaller = "choose a smaller model, `medqa llm presets` shows them"
    return f"give {' or '.join(ways)}, or {smaller}" if ways else smaller
