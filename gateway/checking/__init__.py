"""Checking cases on all cores: the rules are pure, so they can run in other processes as well as in this one."""
