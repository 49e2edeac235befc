"""`python -m services.stitcher`: run the service alone."""

from services.stitcher.service import main

if __name__ == "__main__":
    raise SystemExit(main())
