"""All tests; the folder says of which kind a test is."""
