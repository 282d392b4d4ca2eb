"""The face of the Model Context Protocol: agents ask, search, read and verify. The SDK lives here alone."""
