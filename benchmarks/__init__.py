"""Measurements that docs/performance.md quotes; each ends what it starts and is bounded in time."""
