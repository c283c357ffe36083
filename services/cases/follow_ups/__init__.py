"""Follow-ups: who looks at a case again, and when. Set by people, and by the radar."""
