"""The second layer of the screen: a small linear classifier over what people write and the concepts found in it."""
