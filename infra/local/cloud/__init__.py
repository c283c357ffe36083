"""The whole system in the cloud's shape, on one machine: emulators, bundles, a process for every function."""
