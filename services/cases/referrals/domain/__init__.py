"""What is true of referrals and what may change them: pure."""
