"""Data-subject rights: access, restriction, erasure, and the periods after which nothing is kept."""
