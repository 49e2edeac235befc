"""`python -m services.reviewer`: run the service alone."""

from services.reviewer.service import main

if __name__ == "__main__":
    raise SystemExit(main())
