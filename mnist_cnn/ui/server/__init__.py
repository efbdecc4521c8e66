"""What the web server itself lacks: addresses, files to keep, sleeping sessions."""
