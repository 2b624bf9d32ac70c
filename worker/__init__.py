"""
A Zeebe job worker that lets a BPMN process call Azure OpenAI.

The rooms, from top to bottom; imports go downwards only:
`__main__` and `cli` read the command, `app` wires, `settings` reads the environment, `connector` is the
data path. Below it lie the edges: `broker` (Zeebe), `azure` (HTTP), `history` (kept answers), `secrets` and
`telemetry`. Then the pure rules: `verdict`, `inputs`, `envelope`, `expressions`, `operations`, `feel`. At the bottom
the vocabulary that all share: `connections`, `wire`, `job`, `outcome`, `trace`, `events`, `errors`.
"""

__version__ = "0.1.0"
