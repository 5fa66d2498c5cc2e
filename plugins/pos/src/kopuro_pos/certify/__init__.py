"""The integrator's conformance kit: it plays the agent, drives a maker's till and tells what is right."""
