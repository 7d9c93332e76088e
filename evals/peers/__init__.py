"""Other ways of searching the same passages, one file each, as their own documentation recommends."""
