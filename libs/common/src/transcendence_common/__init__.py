"""Building blocks of all services: one concept in each file, without knowledge of any service."""
