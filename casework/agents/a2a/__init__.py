"""How do agents outside work here? By Agent2Agent (A2A 1.0 over HTTP+JSON), as the person whose token they carry."""
