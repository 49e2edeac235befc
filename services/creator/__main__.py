"""`python -m services.creator`: run the service alone."""

from services.creator.service import main

if __name__ == "__main__":
    raise SystemExit(main())
