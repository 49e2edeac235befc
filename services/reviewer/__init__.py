"""The reviewer: looks at each take, says what it found, and what the next one should heed."""
