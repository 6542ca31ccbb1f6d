"""A company's directory: Active Directory or OpenLDAP, read over TLS and never written."""
