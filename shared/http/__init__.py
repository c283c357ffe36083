"""The HTTP edge that every service shares: strict JSON, problem documents, ETags, cursors, idempotent POSTs."""
