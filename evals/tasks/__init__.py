"""One evaluation a file: `medqa eval --list`."""
