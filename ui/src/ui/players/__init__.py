"""Players as others see them, and how to find one."""
