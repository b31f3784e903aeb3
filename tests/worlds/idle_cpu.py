"""Two hundred idle IMAP sessions, half of them over TLS, cost no processor time."""

import time

from _world import clock_ticks, expect, in_threads, run, sanitizer, say, small, until

sessions = small(200, 40)
seconds = 3


def rests(world):
    before = world.ticks()
    time.sleep(1)
    return world.ticks() == before or sanitizer


def test(world):
    world.start()
    clients = []

    def sit_down(number):
        client = world.imap(tls=number % 2 == 1, timeout=60)
        clients.append(client)
        client.select()
        client.idle()

    began = time.monotonic()
    in_threads(sit_down, range(sessions))
    say(f"{sessions} sessions are in IDLE after {time.monotonic() - began:.1f} s")
    until(lambda: rests(world), 30, "what signing in has started (compactions, timers of once) comes to rest")
    before = world.ticks()
    time.sleep(seconds)
    used = world.ticks() - before
    share = 100.0 * used / clock_ticks / seconds
    say(f"processor time over {seconds} s: {used} ticks of {clock_ticks} a second, {share:.1f} %")
    if not sanitizer:
        expect(used <= 1, f"idle sessions used {used} ticks in {seconds} s")
    for client in clients[:3]:
        client.done()
        client.good("NOOP")
    for client in clients:
        client.close()


run(test)
