"""One subcommand a file: the file's name is the command's, ``plugin`` is the click command.

A command module is imported to list its help, so it imports click and its neighbours at most; what it needs
to work is imported when it runs.
"""
