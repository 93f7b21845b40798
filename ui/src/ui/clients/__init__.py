"""HTTP clients of the services, one module per service, with the errors that their failures become."""
