"""`python -m services.intent`: run the service alone."""

from services.intent.service import main

if __name__ == "__main__":
    raise SystemExit(main())
