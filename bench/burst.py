"""A burst: many votes sent at once, each over its own connection, until the last one is answered.

`python -m bench.burst PORT VOTES` prints how many votes were accepted and how fast, as one line of JSON.
"""

import json
import select
import socket
import sys
import time

from bench.load import SILENCE_S, Connection, answers, request


def run(port: int, votes: int) -> dict[str, float]:
    poll = select.epoll()
    connections = {}
    for _ in range(votes):
        sock = socket.create_connection(("127.0.0.1", port), timeout=SILENCE_S)
        poll.register(sock, select.EPOLLIN)
        connections[sock.fileno()] = Connection(sock)
    messages = [request("ab"[number % 2]) for number in range(votes)]

    began = time.perf_counter()
    for connection, message in zip(connections.values(), messages, strict=True):
        connection.send(message)
    answered = answers(poll, connections)
    for _ in range(votes):
        next(answered)
    return {"accepted": votes, "per_second": votes / (time.perf_counter() - began)}


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), int(sys.argv[2]))))
