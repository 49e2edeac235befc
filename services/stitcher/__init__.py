"""The stitcher: joins approved takes into the film, and opens and counts it before anybody is told."""
