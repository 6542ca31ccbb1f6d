"""SCIM 2.0 (RFC 7643, RFC 7644): identity providers push people; what they push leads to the registry."""
