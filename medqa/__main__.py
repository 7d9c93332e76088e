"""``python -m medqa`` is the ``medqa`` command."""

from medqa.serve.cli import main

main()
