"""What is asked for one job and what is answered, as the history of prompts wants to know it."""

from collections.abc import Awaitable, Callable

from worker.connector.ports import History
from worker.errors import ConnectorError
from worker.events import JobFinished
from worker.history import Exchange, Masks, Told
from worker.inputs import Task
from worker.wire import Call, Reply

__all__ = ["Notes"]

_Ask = Callable[[Call], Awaitable[Reply]]


class Notes:
    """The exchanges of one job, in the order in which they began. One that is broken off has no reply."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._exchanges: list[Exchange] = []
        self._fresh: set[int] = set()  # ids of replies; all of them are alive as long as their exchanges

    def of_service(self, service: _Ask) -> _Ask:
        """*service*, remembering which replies are really its own."""

        async def asked(call: Call) -> Reply:
            reply = await service(call)
            self._fresh.add(id(reply))
            return reply

        return asked

    def of(self, ask: _Ask) -> _Ask:
        """*ask*, noting every exchange. A refusal is noted with its reply."""

        async def heard(call: Call) -> Reply:
            place = len(self._exchanges)
            self._exchanges.append(Exchange(call, None))
            try:
                reply = await ask(call)
            except ConnectorError as error:
                self._exchanges[place] = Exchange(call, error.reply)
                raise
            self._exchanges[place] = Exchange(call, reply, is_reused=id(reply) not in self._fresh)
            return reply

        return heard

    def tell(self, finished: JobFinished, task: Task | None, masks: Masks, *, is_broken_off: bool = False) -> None:
        """Tell the history how the job ended."""
        told = Told(
            finished=finished,
            is_broken_off=is_broken_off,
            connection=task.wish.connection.name if task else None,
            exchanges=self._exchanges,
            masks=masks,
        )
        self._history.record(told)
