"""The tests mirror the rooms; what several of them need lives in support and services."""
