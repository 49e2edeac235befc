"""The animatic's stage: words are read, a set is built once, and then only the camera, the light and the cast move."""
