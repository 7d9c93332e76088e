"""One step of ``medqa train`` a file: the file's name is the step's, ``plugin`` is the click command.

Like commands, a step is imported to list its help: what it needs to work is imported when it runs.
"""
