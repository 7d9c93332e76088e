"""The one place where names from the settings become objects.

``open_application`` gives a running installation; ``upkeep`` changes what it knows; ``doctor`` looks it over.
Nothing heavy is imported until a function is called.
"""

from medqa.wiring.application import Application, open_application

__all__ = ["Application", "open_application"]
