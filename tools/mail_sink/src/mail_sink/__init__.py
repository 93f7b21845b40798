"""An SMTP server for development that accepts every email and shows it on a page."""
