"""Assessments: how things stand in an action field, in the client's view and in the professional one."""
