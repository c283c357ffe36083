"""Residence titles and other ends between legal domains: dated, never overwritten, and followed up in time."""
