"""Which calls of Microsoft's AI services does the stand-in follow?

Azure AI Document Intelligence 4.0 (2024-11-30), after Microsoft's reference "Document Models - Analyze Document" and
"Get Analyze Result", and its "Error guide"; Azure OpenAI's chat completions, after its "REST API reference". No
resource of theirs was tried.
"""
