"""The list of models."""

from typing import Final

from worker.demo.emulator.operations.exchange import Exchange, Operation, Reply

__all__ = ["MODELS"]


def _answer(exchange: Exchange) -> Reply:
    data = [
        {
            "id": deployment.model,
            "object": "model",
            "status": "succeeded",
            "created_at": exchange.created,
            "updated_at": exchange.created,
            "capabilities": {
                "fine_tune": False,
                "inference": True,
                "completion": "completions" in deployment.operations,
                "chat_completion": "chat/completions" in deployment.operations,
                "embeddings": "embeddings" in deployment.operations,
            },
            "lifecycle_status": "generally-available",
        }
        for deployment in exchange.deployments.values()
    ]
    return Reply(body={"object": "list", "data": data})


MODELS: Final = Operation(path="models", name="models", answer=_answer, method="GET", needs_deployment=False)
