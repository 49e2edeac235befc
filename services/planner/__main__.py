"""`python -m services.planner`: run the service alone."""

from services.planner.service import main

if __name__ == "__main__":
    raise SystemExit(main())
