"""What the owner of an account sees and changes of it: a page a theme, each with its forms."""
