"""The browser's session: two cookies, renewed on the way through."""
