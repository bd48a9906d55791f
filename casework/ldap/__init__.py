"""How does a directory keep people and groups here, by SCIM 2 (RFC 7643, 7644)?"""
