"""The pages of `/compare`."""
