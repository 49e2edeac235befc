"""`python -m services.gateway`: run the service alone."""

from services.gateway.service import main

if __name__ == "__main__":
    raise SystemExit(main())
