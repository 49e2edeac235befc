"""Tests of this kind; the kind is the folder."""
