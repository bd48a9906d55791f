"""Which part of Salesforce's REST API does the stand-in follow? Tokens, queries, rows by external id, limits, errors.

After *REST API Developer Guide* (Salesforce): "Query", "sObject Rows by External ID", "sObject Describe", "Limits",
"Status Codes and Error Responses", and Salesforce Help, "OAuth 2.0 Client Credentials Flow". No org was tried.
"""
