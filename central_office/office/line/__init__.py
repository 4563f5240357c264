"""The line to the kiosks: enrolment, sync, snapshots. Speaks the contract, knows nothing of the staff's pages."""
