"""The browser's session: the signed-in player, the renewal of tokens, and the device."""
