"""The wires' door: what is plugged into this kiosk and what it is able to do now.

Vocabulary: `roles`, `conditions`, `errors`, `receipts`, `rig`, `noticeboard`. Machinery: `drivers`, `wires`,
`supervisor`.
`cards` is what identity cards speak and prove, a pure library that knows none of the others.
`simulators` is the other end of each wire, in a process of its own; no driver knows of it. It must know nothing of
screens, services or the disk; only the kiosk's composition root opens a rig.
"""
